"""Stop words: words too frequent to make two texts similar, by language, in lower case.

In a large vault their number tells as much; in one of twenty notes nothing does but a list. What means something in
another of the languages is left out: German's ``war``, French ``car``, Polish ``pod``.
"""

from __future__ import annotations

_ENGLISH = """
able about above actually add added after again against ago all already also always am among an and another any
anything are aren around as ask asked at away back be because been before begin begins being below best better between
big bit both but by call called came can cannot case certainly come comes could couldn did didn different do does
doesn doing don done down during each early easy eight either else end ends enough especially etc even ever every
everyone everything far few find first five for found four from full further get gets getting give given gives go goes
going gone good got great had hadn hard has hasn have haven having he help helps her here hers herself high him
himself his how however if important in instead into is isn it its itself just keep kept kind know last late later
leave left less let like likely little long look looking looks lot lots low made make makes making many may maybe me
might more most much must my myself near need needed needs never new next nine no none nor not nothing now of off
often old on once one only onto or other others our ours out over own part parts per perhaps place please point
probably put puts quite rather ready really right said same say says second see seem seems seen set seven several
shall she short should shouldn show shown shows simply since six small so some someone something sometimes soon start
started starts still stop such take taken takes tell ten than that the their theirs them themselves then there these
they thing things think thinks this those though thought three through thus to today told tomorrow too toward towards
tried try turn turned turns two under until up upon us use used uses using usually very via want wanted wants was wasn
way we well were weren what when where whether which while who whole whom whose why will with within without won
working works would wouldn wrong yes yesterday yet you your yours yourself
"""
_GERMAN = """
aber alle allem allen aller alles als also am an andere anderen anderer auch auf aus bei beim bis bist da dabei damit
dann darum das dass dazu dein deine dem den denn der des deshalb dies diese diesem diesen dieser dieses doch dort du
durch ein eine einem einen einer eines einfach einige er es etwa etwas euch euer für ganz gegen gibt habe haben hatte
hatten hier hin ich ihm ihn ihnen ihr ihre ihrem ihren ihrer immer im in indem ins ist ja jede jedem jeden jeder jedes
jedoch jetzt kann kein keine keinem keinen keiner können könnte machen mehr mein meine mich mir mit muss müssen nach
nicht nichts noch nun nur ob oder ohne schon sehr sein seine seinem seinen seiner seit sich sie sind so sogar sollte
sondern sonst soweit sowie über um und uns unser unter viel viele vom von vor wann waren warum was wegen weil weiter
welche welcher wenn wer werden wie wieder wieso will wir wird wo worden wurde wurden während würde zu zum zur zwar
zwischen
"""
_ROMANCE = """
ai au aussi autre autres aux avec avoir ce ceci cela ces cet cette ceux chaque chez ci comme comment dans de depuis
des deux donc dont du elle elles en encore entre est et étaient était été être eux fait faire fois il ils je jusque la
le les leur leurs lors lui ma mais me même mes moi mon ne ni non nos notre nous où ou parce pas peu peut plus pourquoi
quand que quel quelle quelles quels qui sa sans se ses si soi sont sous sur ta tandis tant te tes toi tous tout toute
toutes très tu un une vers voici voilà vos votre vous al algo algunas algunos ante antes así aunque bajo cada casi
como con contra cual cuando cuya cuyo de del desde donde durante el ella ellas ellos eran esa esas ese eso esos esta
están estar estas este esto estos fue fueron ha había han hasta hay la las le les lo los más me mi mientras mis mucho
muy ni nos nosotros nuestra nuestro otra otras otro otros para pero poco por porque pues qué quien quién se sea según
ser sí sido siempre sobre somos soy su sus también tampoco tan tanto te tenía tiene tienen toda todas todavía todos
tras tu tus un una unas uno unos usted usar ya yo agli ai al alla alle allo anche ancora avere ben che ci come con
contro cosa così cui da dai dalla dalle dallo degli dei del della delle dello di dopo due ecco era erano essere fra
già gli ha hanno ho il io la le lei li lo loro ma meno mi mio molto ne negli nei nel nella nelle nello noi non nostro
ogni per perché però più poi prima proprio può quale quali qualche quando quanto quella quelle quelli quello questa
queste questi questo sarà se sei sempre senza si sia siamo sono sopra sotto sta stata stato stessa stesso su sua sue
sugli sui sul sulla sulle suo tra tutta tutte tutti tutto una uno verso voi ao aos aquela aquele até cada com como da
das de dela dele depois do dos e ela elas ele eles em então entre era essa esse esta está este estes eu foi foram há
isso isto já lhe mais mas me mesmo meu minha muito na não nas nem no nos nós nossa nosso num numa o os ou outra outro
para pela pelo pelos por porque pouco qual quando que quem são se seja sem ser seu seus só sobre sua suas também tem
têm tinha toda todos tudo um uma umas você vocês
"""
_OTHERS = """
aan al alle als altijd bij dan dat de deze dit doen door dus een en er geen geweest haar had heb hebben heeft het hier
hij hoe hun iemand iets ik ja je jij jou kan kunnen maar meer met mij mijn moet na naar niet niets nog nu of om onder
ons onze ook op over te toch toen tot uit uw veel voor waar want waren was wat werd wij wordt zal ze zelf zich zij
zijn zo zonder zou att av blev bli där de dem den denna deras dess det detta din ditt du efter ej eller en ett från
för ha hade han har hans henne hennes hon hos hur här i icke inom inte jag kan kunde med mellan mig min mitt mycket
när någon något några och om på samma sedan sig sitt själv skulle som så till under upp ut utan vad vara varit varje
vem vid vilka vilken af blevet bliver da de dem den denne der deres det dette du efter eller en end er et før for fra
ham han hans har hun hvad hvis hvor i ikke ind jeg jer jo kunne mange med meget mig min mit når nogen noget og også om
op over på selv sig skal skulle som sådan til ud under vil ville være været aby bardzo bez być był była było by czy
dla do gdy gdzie go i ich ile im inne ja jak jako je jego jej jest jeszcze jeśli już każdy kiedy kto która które który
lub ma mi mnie może można my na nad nawet nie niż nic o od ona one oni oraz po ponieważ przed przez przy są się tak
także tam te tego tej to tu tylko tym więc w we wszystko z za zawsze ze że а без более бы был была были было быть в
вам вас весь во вот все всего всех вы где да даже для до его ее её если есть ещё еще же за здесь и из или им их к как
какой когда кто ли либо между меня мне много может мы на над надо нам нас не него нет ни них но ну о об один однако он
она они оно от очень по под после потому почти при про раз с сам себя свой свою со так также такой там те тем то того
тоже той только том тот ты у уже хотя чего чем через что чтобы эта эти это этого этом этот я
"""
_NOTES = """
alias aliases amp com created creator date datetime false gmt html htm http https jpg jpeg lang modified nbsp null org
png svg tag tags title true updated url www
"""
"""What stands in addresses and frontmatters, whatever they are about."""

STOPWORDS = frozenset(f"{_ENGLISH}{_GERMAN}{_ROMANCE}{_OTHERS}{_NOTES}".split())
"""All of them."""
