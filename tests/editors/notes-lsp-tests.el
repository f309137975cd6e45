;;; notes-lsp-tests.el --- What Emacs with Eglot makes of the server  -*- lexical-binding: t; -*-

;;; Commentary:

;; Run in one Emacs by test_emacs.py, which reports each of these tests.
;; $NOTES_LSP_VAULT is a small vault that is read; $NOTES_LSP_SCRATCH is
;; another of the same notes that may be written.

;;; Code:

(require 'ert)
(require 'flymake)
(require 'xref)
(require 'markdown-mode)
(require 'notes-lsp)

;; Declared by Eglot for itself alone.
(defvar eglot-lsp-context)

(defvar tests-vault (file-name-as-directory (getenv "NOTES_LSP_VAULT")))
(defvar tests-scratch (file-name-as-directory (getenv "NOTES_LSP_SCRATCH")))
(defvar tests-patience 15)

(setq make-backup-files nil
      auto-save-default nil
      create-lockfiles nil
      vc-handled-backends '(Git)
      eglot-autoshutdown nil
      eglot-sync-connect t
      eglot-connect-timeout 30)

;; What ElDoc asks on its own would be answered when a test has killed its buffer.
(setq eglot-ignored-server-capabilities '(:hoverProvider :documentHighlightProvider))

(defun tests-wait (condition)
  "Wait until the function CONDITION returns something, and return that.
Events are read, too, since Emacs hears of files that way."
  (let ((end (+ (float-time) tests-patience)) found)
    (while (not (or (setq found (funcall condition)) (> (float-time) end)))
      (accept-process-output nil 0.02)
      (read-event nil nil 0.001))
    (or found (ert-fail (list "waited in vain for" condition)))))

(defun tests-open (name &optional vault)
  "Visit the note NAME of VAULT with Eglot, as if it had just been opened."
  (when-let ((old (find-buffer-visiting (expand-file-name name (or vault tests-vault)))))
    (with-current-buffer old (set-buffer-modified-p nil))
    (kill-buffer old))
  (find-file (expand-file-name name (or vault tests-vault)))
  (unless (eglot-current-server)
    (apply #'eglot--connect (eglot--guess-contact)))
  (unless eglot--managed-mode
    (eglot--maybe-activate-editing-mode))
  (should eglot--managed-mode)
  (goto-char (point-min)))

(defun tests-problems ()
  "The texts of what Flymake shows in this buffer."
  (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))

(defun tests-jump ()
  "Jump along the link at point, and return where that is: file, line, text."
  (let ((xref-prompt-for-identifier nil))
    (call-interactively #'xref-find-definitions))
  ;; Eglot 1.9 leaves names that are not ASCII as the bytes of the URI.
  (list (decode-coding-string (encode-coding-string (file-name-nondirectory buffer-file-name) 'utf-8-emacs) 'utf-8)
        (line-number-at-pos)
        (buffer-substring-no-properties (line-beginning-position) (line-end-position))))

(defun tests-complete (before typed after label)
  "Complete TYPED between BEFORE and AFTER to LABEL; return the whole line.
This does what *Completions*, Company and Corfu do: ask for the candidates,
insert one of them, and call the exit function."
  (goto-char (point-max))
  (insert "\n" before typed)
  (save-excursion (insert after))
  (let* ((capf (run-hook-with-args-until-success 'completion-at-point-functions))
         (start (nth 0 capf))
         (end (nth 1 capf))
         (table (nth 2 capf))
         (probe (buffer-substring-no-properties start end))
         (metadata (completion-metadata probe table nil))
         (all (completion-all-completions probe table nil (- (point) start) metadata))
         (candidates (progn (when all (setcdr (last all) nil)) all))
         (chosen (seq-find (lambda (candidate) (string= candidate label)) candidates)))
    (unless chosen
      (ert-fail (list "not offered:" label candidates)))
    (delete-region start end)
    (insert (substring-no-properties chosen))
    (funcall (plist-get (nthcdr 3 capf) :exit-function) chosen 'finished)
    (buffer-substring-no-properties (line-beginning-position) (line-end-position))))

(ert-deftest tests-attaches-at-the-root-of-the-vault ()
  "Two notes of a vault, one of them in a folder, share a server, whose root is the vault."
  (tests-open "index.md")
  (let ((server (eglot-current-server)))
    (tests-open "a/Twin.md")
    (should (eq (eglot-current-server) server))
    (should (file-equal-p (project-root (eglot--project server)) tests-vault))))

(ert-deftest tests-says-markdown-for-gfm ()
  "A note in `gfm-mode' is Markdown to the server, too, and joins it."
  (tests-open "index.md")
  (let ((server (eglot-current-server)))
    (tests-open "Other.md")
    (gfm-mode)
    (should (eq (eglot-current-server) server))))

(ert-deftest tests-leaves-other-projects-alone ()
  "Only Eglot, and only in notes, is told of the vault; others find what they found before."
  (tests-open "index.md")
  (should-not (eq (car-safe (project-current)) 'notes-lsp))
  (let ((eglot-lsp-context t))
    (should (eq (car (project-current)) 'notes-lsp))
    (with-temp-buffer
      (setq default-directory tests-vault)
      (should-not (eq (car-safe (project-current)) 'notes-lsp)))))

(ert-deftest tests-keeps-other-servers ()
  "Loading the package takes no server away from `eglot-server-programs', and puts ours first."
  (should (eq (car eglot-server-programs) notes-lsp--server))
  (should (> (length eglot-server-programs) 20))
  (should (string-match-p "marksman" (format "%S" eglot-server-programs))))

(ert-deftest tests-shows-a-problem-once ()
  "One broken link is one diagnostic, at its target."
  (tests-open "index.md")
  (tests-wait (lambda () (flymake-start) (tests-problems)))
  (should (= 1 (length (tests-problems))))
  (should (string-match-p "Missing Note" (car (tests-problems))))
  (let ((found (car (flymake-diagnostics))))
    (should (equal "Missing Note" (buffer-substring-no-properties (flymake-diagnostic-beg found)
                                                                  (flymake-diagnostic-end found))))))

(ert-deftest tests-shows-problems-again ()
  "A note that is closed and opened again has its problems again."
  (dotimes (_ 2)
    (tests-open "index.md")
    (tests-wait (lambda () (flymake-start) (tests-problems)))))

(ert-deftest tests-a-warning-goes-and-comes-back ()
  "Writing the missing note in another buffer clears the warning; deleting its file brings it back."
  (tests-open "index.md" tests-scratch)
  (let ((index (current-buffer))
        (note (expand-file-name "Missing Note.md" tests-scratch)))
    (cl-flet ((problems () (with-current-buffer index (flymake-start) (tests-problems))))
      (tests-wait #'problems)
      (find-file note)
      (insert "# Missing Note\n")
      (save-buffer)
      (tests-wait (lambda () (not (problems))))
      (kill-buffer)
      (delete-file note)
      (tests-wait #'problems))))

(ert-deftest tests-jumps-to-a-note ()
  "`xref-find-definitions' opens a note that was not open."
  (tests-open "index.md")
  (search-forward "[[My")
  (should (equal (tests-jump) '("My Note.md" 1 "# My Note"))))

(ert-deftest tests-jumps-to-a-heading-behind-emoji ()
  "Characters outside the Basic Multilingual Plane on the line do not lead astray."
  (tests-open "index.md")
  (search-forward "Second")
  (should (equal (tests-jump) '("My Note.md" 5 "## Second part"))))

(ert-deftest tests-jumps-in-japanese ()
  "A note with a Japanese name is found."
  (tests-open "index.md")
  (search-forward "東京")
  (should (equal (tests-jump) '("東京の庭.md" 1 "# 東京の庭"))))

(ert-deftest tests-lists-backlinks ()
  "The references of a link are all links to the note."
  (tests-open "index.md")
  (search-forward "[[My")
  (let* ((backend (xref-find-backend))
         (found (xref-backend-references backend (xref-backend-identifier-at-point backend)))
         (places (mapcar (lambda (item)
                           (let ((location (xref-item-location item)))
                             (cons (file-name-nondirectory (xref-location-group location))
                                   (xref-location-line location))))
                         found)))
    (dolist (place '(("index.md" . 3) ("index.md" . 4) ("Other.md" . 1)))
      (should (member place places)))))

(ert-deftest tests-shows-what-a-link-leads-to ()
  "ElDoc shows the words of the note that a link leads to."
  (tests-open "index.md")
  (search-forward "[[My")
  (let (shown)
    (let ((eglot-ignored-server-capabilities '(:documentHighlightProvider)))
      (eglot-hover-eldoc-function (lambda (text &rest _) (setq shown text))))
    (tests-wait (lambda () shown))
    (should (string-match-p "First words of it" shown))))

(ert-deftest tests-outlines ()
  "Imenu has the headings."
  (tests-open "index.md")
  (let ((index (format "%S" (funcall imenu-create-index-function))))
    (should (string-match-p "Index" index))
    (should (string-match-p "Further" index))))

(ert-deftest tests-completes ()
  "The candidate replaces what was typed, in any case, by a whole link."
  (tests-open "My Nested Thing.md")
  (should (equal (tests-complete "" "[[my no" "" "My Note") "[[My Note]]")))

(ert-deftest tests-completes-between-brackets ()
  "Brackets that are there already are used, be it two or one."
  (tests-open "My Nested Thing.md")
  (should (equal (tests-complete "see " "[[my no" "]] x" "My Note") "see [[My Note]] x"))
  (should (equal (tests-complete "see " "[[my no" "] x" "My Note") "see [[My Note]] x")))

(ert-deftest tests-completes-behind-emoji ()
  "Emoji before the link and words behind it stay as they are."
  (tests-open "My Nested Thing.md")
  (should (equal (tests-complete "🌱 👩‍🌾 " "[[my no" " and more" "My Note") "🌱 👩‍🌾 [[My Note]] and more")))

(ert-deftest tests-completes-in-japanese ()
  "A title in Japanese is completed."
  (tests-open "My Nested Thing.md")
  (should (equal (tests-complete "" "[[東京" "" "東京の庭") "[[東京の庭]]")))

(ert-deftest tests-completes-twins ()
  "Of two notes of the same name, the chosen one is spelled so that it is meant."
  (tests-open "My Nested Thing.md")
  (should (member (tests-complete "" "[[twin" "" "Twin") '("[[a/Twin]]" "[[b/Twin]]"))))

(ert-deftest tests-completes-a-heading ()
  "Behind # the headings of the note are offered."
  (tests-open "My Nested Thing.md")
  (should (equal (tests-complete "" "[[My Note#sec" "" "Second part") "[[My Note#Second part]]")))

(ert-deftest tests-completes-a-label ()
  "Behind | what the reader may see is offered."
  (tests-open "My Nested Thing.md")
  (should (equal (tests-complete "" "[[My Note#Second part|sec" "" "Second part")
                 "[[My Note#Second part|Second part]]")))

(ert-deftest tests-completes-paths ()
  "What is typed behind a folder finds what lies in it."
  (tests-open "My Nested Thing.md")
  (should (equal (tests-complete "" "[[a/tw" "" "Twin") "[[a/Twin]]"))
  (should (equal (tests-complete "" "[x](./oth" "" "Other") "[x](./Other.md)")))

(ert-deftest tests-completes-markdown-links ()
  "Behind ]( paths are offered, and behind # the slugs of headings."
  (tests-open "My Nested Thing.md")
  (should (equal (tests-complete "" "[x](othe" "" "Other") "[x](Other.md)"))
  (should (equal (tests-complete "see " "[x](othe" ") more" "Other") "see [x](Other.md) more"))
  (should (equal (tests-complete "" "[x](My%20Note.md#sec" "" "Second part") "[x](My%20Note.md#second-part)")))

(ert-deftest tests-completes-tags ()
  "A piece of a tag is completed to all of it."
  (tests-open "index.md")
  (should (equal (tests-complete "so " "#ros" " x" "garden/rose") "so #garden/rose x")))

(ert-deftest tests-completes-footnotes ()
  "Behind [^ the footnotes of the note are offered."
  (tests-open "My Nested Thing.md")
  (goto-char (point-max))
  (insert "\n[^fern]: A plant.\n")
  (should (equal (tests-complete "A" "[^f" " grows" "fern") "A[^fern] grows")))

(ert-deftest tests-completes-tasks-and-callouts ()
  "What can stand in brackets is offered, and they are closed."
  (tests-open "My Nested Thing.md")
  (should (equal (tests-complete "" "> [!warn" "" "warning") "> [!warning] ")))

(ert-deftest tests-completion-at-point-inserts-a-whole-link ()
  "The command itself closes a link whose title is typed in full."
  (skip-unless (< emacs-major-version 30)) ; which shows *Completions* even then
  (tests-open "My Nested Thing.md")
  (goto-char (point-max))
  (insert "\n[[東京の庭")
  (completion-at-point)
  (should (equal (buffer-substring-no-properties (line-beginning-position) (line-end-position)) "[[東京の庭]]")))

;; What the server chose has names of its own to show: it is the server that knows why.

(defun tests-type (text)
  "Type TEXT on a new last line of a note."
  (tests-open "Other.md")
  (goto-char (point-max))
  (insert "\n" text))

(defun tests-line ()
  "The line of point."
  (buffer-substring-no-properties (line-beginning-position) (line-end-position)))

(ert-deftest tests-completes-what-is-not-in-the-title ()
  "A note is offered for its file's name or an alias, and the title is what is shown."
  (with-temp-file (expand-file-name "202406.md" tests-scratch)
    (insert "---\naliases: [Wetness]\n---\n\n# Rain\n"))
  (tests-open "index.md" tests-scratch)
  (should (tests-wait (lambda () (ignore-errors (tests-complete "" "[[2024" "" "Rain")))))
  (should (equal (tests-line) "[[202406]]")))

(ert-deftest tests-completion-at-point-takes-nothing-for-granted ()
  "Where there is a choice, what was typed stays as it is until one chooses."
  (skip-unless (< emacs-major-version 30))
  (dolist (typed '("[[my" "- [" "[[My Note#"))
    (tests-type typed)
    (completion-at-point)
    (should (equal (tests-line) typed))))

(ert-deftest tests-completion-at-point-takes-the-only-one ()
  "Where there is no choice, the command writes all there is to write."
  (skip-unless (< emacs-major-version 30))
  (dolist (typed '(("> [!warn" . "> [!warning] ") ("#gard" . "#garden/rose") ("#garden/ro" . "#garden/rose")))
    (tests-type (car typed))
    (completion-at-point)
    (should (equal (tests-line) (cdr typed)))))

(ert-deftest tests-completes-a-state ()
  "A task's state is offered behind its bracket."
  (tests-open "My Nested Thing.md")
  (should (equal (tests-complete "- " "[" "" "[x]") "- [x] ")))

(ert-deftest tests-completes-an-older-list ()
  "A list that was made for fewer letters is narrowed by its labels, and nothing behind the cursor is lost."
  (skip-unless (< emacs-major-version 30))
  (tests-type "[[my")
  (save-excursion (insert "\nNext"))
  (let* ((table (nth 2 (run-hook-with-args-until-success 'completion-at-point-functions)))
         (fresh (completion-all-completions "my" table nil 2))
         (stale (completion-all-completions "mynes" table nil 5)))
    (should (member "My Note" fresh))
    (should (equal (progn (setcdr (last stale) nil) stale) '("My Nested Thing")))
    (should-not (completion-all-completions "mynestedthings" table nil 14))))


(defun tests-accept (typed label)
  "Type TYPED with pairs of brackets closed by themselves, and accept LABEL.
Point is where it is afterwards."
  (seq-doseq (char typed)
    (let ((last-command-event char))
      (call-interactively #'self-insert-command)))
  (let* ((capf (run-hook-with-args-until-success 'completion-at-point-functions))
         (start (nth 0 capf))
         (probe (buffer-substring-no-properties start (nth 1 capf)))
         (metadata (completion-metadata probe (nth 2 capf) nil))
         (all (completion-all-completions probe (nth 2 capf) nil (- (point) start) metadata))
         (chosen (progn (when all (setcdr (last all) nil))
                        (seq-find (lambda (candidate) (string= candidate label)) all))))
    (unless chosen
      (ert-fail (list "not offered:" label all)))
    (delete-region start (nth 1 capf))
    (insert (substring-no-properties chosen))
    (funcall (plist-get (nthcdr 3 capf) :exit-function) chosen 'finished)))

(ert-deftest tests-types-on-after-a-link ()
  "With pairs that close by themselves, point is after each accepted link."
  (tests-open "Other.md")
  (electric-pair-local-mode 1)
  (setq-local electric-pair-pairs '((?\[ . ?\]) (?\( . ?\))))
  (goto-char (point-max))
  (insert "\n")
  (dolist (step '(("[[my no" "My Note" " one ") ("[[nest" "My Nested Thing" " two ") ("[[My Note#" "My Note" ", ")
                  ("![[my no" "My Note" "") ("[[my no" "My Note" ".")))
    (tests-accept (nth 0 step) (nth 1 step))
    (insert (nth 2 step)))
  (should (equal (tests-line)
                 "[[My Note]] one [[My Nested Thing]] two [[My Note#My Note]], ![[My Note]][[My Note]].")))

(ert-deftest tests-makes-the-note-of-a-day ()
  "The command begins the note of a day in a buffer, where the vault keeps such notes."
  (make-directory (expand-file-name "log" tests-scratch) t)
  (dolist (day '("2024-01-01" "2024-01-02" "2024-01-03"))
    (with-temp-file (expand-file-name (concat "log/" day ".md") tests-scratch) (insert "# " day "\n")))
  (tests-open "index.md" tests-scratch)
  (let ((server (eglot-current-server))
        (day (expand-file-name "log/2024-01-04.md" tests-scratch)))
    (tests-wait (lambda ()
                  (< 2 (length (jsonrpc-request server :workspace/symbol (list :query "2024-01-0"))))))
    (cl-letf (((symbol-function 'y-or-n-p) (lambda (&rest _) t)))
      (eglot-execute-command server "notes.daily" (vector (list :when "2024-01-04"))))
    (should (string-match-p "2024-01-04" (with-current-buffer (find-buffer-visiting day) (buffer-string))))
    (with-current-buffer (find-buffer-visiting day) (set-buffer-modified-p nil))))

(ert-deftest tests-renames-by-the-program ()
  "Eglot cannot rename files for a server: it says what can, and the package's command does it."
  (with-temp-file (expand-file-name "Old name.md" tests-scratch) (insert "# Mine\n"))
  (with-temp-file (expand-file-name "links.md" tests-scratch) (insert "[[Old name]] rest\n"))
  (tests-open "links.md" tests-scratch)
  (search-forward "[[Old")
  (should (string-match-p "notes-lsp rename 'Old name.md' New"
                          (tests-wait (lambda ()
                                        (condition-case failure (progn (eglot-rename "New") nil)
                                          (error (format "%S" failure)))))))
  (dolist (buffer (buffer-list))
    (with-current-buffer buffer (set-buffer-modified-p nil)))
  (tests-open "Old name.md" tests-scratch)
  (notes-lsp-rename "New name")
  (should (equal (file-name-nondirectory buffer-file-name) "New name.md"))
  (should-not (file-exists-p (expand-file-name "Old name.md" tests-scratch)))
  (with-current-buffer (find-buffer-visiting (expand-file-name "links.md" tests-scratch))
    (should (equal (buffer-string) "[[New name]] rest\n"))))

(ert-deftest tests-finds-the-root-without-a-marker ()
  "It is the folder of a note, or one above it with notes; never the home folder, nor one above that."
  (let* ((top (file-name-as-directory (file-truename (make-temp-file "notes" t))))
         (bare (expand-file-name "bare/below/" top)))
    (make-directory bare t)
    (should (equal (notes-lsp-root bare) bare))
    (with-temp-file (expand-file-name "bare/a.md" top) (insert ""))
    (should (equal (notes-lsp-root bare) (expand-file-name "bare/" top)))
    (should-not (notes-lsp-root temporary-file-directory))
    (let ((process-environment (cons (concat "HOME=" (expand-file-name "bare" top)) process-environment)))
      (should (equal (notes-lsp-root bare) bare))
      (should-not (notes-lsp-root (expand-file-name "bare/" top)))
      (should-not (notes-lsp-root top)))
    (delete-directory top t)))

(provide 'notes-lsp-tests)
;;; notes-lsp-tests.el ends here
