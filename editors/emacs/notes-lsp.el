;;; notes-lsp.el --- Eglot for a folder of plain Markdown notes  -*- lexical-binding: t; -*-

;; Author: the notes-lsp authors
;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1") (eglot "1.9") (project "0.8.1"))
;; Keywords: hypermedia, outlines, wp

;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Makes Eglot know notes-lsp, a language server for a folder of plain
;; Markdown notes: links, backlinks, completion, diagnostics.
;;
;;   (require 'notes-lsp)
;;   (add-hook 'markdown-mode-hook #'notes-lsp-ensure)
;;
;; Or start it by hand with M-x eglot.  It does three things, and all
;; of them only for Markdown buffers:
;;
;; - it puts the server's command in front of those that
;;   `eglot-server-programs' has for `markdown-mode' and `gfm-mode';
;; - it tells Eglot, and nobody else, which folder the notes are in: the
;;   nearest that holds one of `notes-lsp-root-markers';
;; - in the buffers that the server manages, it makes | and / end a symbol,
;;   without which what is typed after them would find nothing; and before
;;   Emacs 30 it offers what the server chose, rather than what of it has the
;;   typed letters in its title: "[[my no" finds "My Note", and "[[2024" a note
;;   whose file is called so.

;;; Code:

(require 'eglot)
(require 'project)

(defgroup notes-lsp nil
  "A language server for a folder of plain Markdown notes."
  :group 'eglot
  :prefix "notes-lsp-")

(defcustom notes-lsp-command '("notes-lsp" "serve")
  "The program that serves notes, and its arguments."
  :type '(repeat string))

(defcustom notes-lsp-root-markers
  '(".notes-lsp.toml" ".obsidian" ".zk" ".marksman.toml" ".git")
  "Names of files and folders that make a folder the root of its notes.
The server goes by the same names."
  :type '(repeat string))

(defconst notes-lsp-modes '(markdown-mode gfm-mode)
  "The modes of buffers with notes.")

(defconst notes-lsp--server
  (cons (mapcar (lambda (mode) (list mode :language-id "markdown"))
                notes-lsp-modes)
        #'notes-lsp--contact)
  "Our entry of `eglot-server-programs'.")

;;;###autoload
(defun notes-lsp-ensure ()
  "Start or join the server if this buffer visits a note in a vault.
Made for `markdown-mode-hook'."
  (when (and buffer-file-name (notes-lsp-root default-directory))
    (eglot-ensure)))

(defun notes-lsp-root (directory)
  "The root of the notes that DIRECTORY is in, or nil.
This is the nearest folder, DIRECTORY or one above it, that holds one of
`notes-lsp-root-markers'.  Where none does, it is DIRECTORY, or the highest
folder above it that is reached through folders with notes; but never the
home folder, one above that, or the folder of temporary files."
  (or (locate-dominating-file
       directory
       (lambda (folder)
         (seq-some (lambda (name) (file-exists-p (expand-file-name name folder)))
                   notes-lsp-root-markers)))
      (notes-lsp--unmarked-root (file-name-as-directory (file-truename directory)))))

(defun notes-lsp--unmarked-root (directory)
  "The root of notes in DIRECTORY, which no marker is above, or nil."
  (unless (notes-lsp--too-much-p directory)
    (let ((above (file-name-directory (directory-file-name directory))))
      (or (and (directory-files above nil "\\.md\\'" t)
               (notes-lsp--unmarked-root above))
          directory))))

(defun notes-lsp--too-much-p (directory)
  "Whether nobody means all of DIRECTORY: the home folder, and what is above it."
  (or (string-prefix-p directory (file-name-as-directory (file-truename "~")))
      (string= directory (file-name-as-directory (file-truename temporary-file-directory)))))

(defun notes-lsp-rename (name)
  "Rename the note that this buffer visits to NAME, with all links to it.
With a slash in it, NAME is a path from the note's folder; the extension may
be left out.  Eglot cannot rename files for a server: the program does it.
What is not saved yet is offered to be saved first."
  (interactive (list (read-string "Rename note to: " (file-name-base buffer-file-name))))
  (save-some-buffers nil (lambda () (apply #'derived-mode-p notes-lsp-modes)))
  (let* ((buffer (current-buffer))
         (old (expand-file-name buffer-file-name))
         (command (append (butlast notes-lsp-command) (list "rename" "--format=path" "--" old name)))
         (changed
          (with-temp-buffer
            (setq default-directory (file-name-directory old))
            (unless (eql 0 (apply #'call-process (car command) nil t nil (cdr command)))
              (user-error "%s" (string-trim (buffer-string))))
            (mapcar #'expand-file-name (split-string (buffer-string) "\n" t))))
         (new (car changed)))
    (with-current-buffer buffer
      (set-visited-file-name new t t))
    (dolist (file changed)
      (let ((visiting (find-buffer-visiting file)))
        (when visiting
          (with-current-buffer visiting (revert-buffer t t t)))))
    (message "Renamed to %s" (file-name-nondirectory new))))

(defun notes-lsp-project (directory)
  "The project of the notes that DIRECTORY is in, or nil.
Made for `project-find-functions', where it only answers Eglot, and only
for a buffer with notes: other commands find the projects they always did."
  (when (and (bound-and-true-p eglot-lsp-context)
             (apply #'derived-mode-p notes-lsp-modes))
    (let ((root (notes-lsp-root directory)))
      (and root (cons 'notes-lsp (file-name-as-directory (expand-file-name root)))))))

(cl-defmethod project-root ((project (head notes-lsp)))
  "The root folder of PROJECT, which `notes-lsp-project' made."
  (cdr project))

(defun notes-lsp--contact (&rest _)
  "Return the command to start; see `notes-lsp-command'."
  notes-lsp-command)

(defun notes-lsp--chosen (string table predicate point)
  "What the server chose for STRING: the candidates of TABLE and PREDICATE.
None, unless TABLE was made for STRING as far as POINT."
  (let ((typed (substring string 0 point)))
    (seq-filter
     (lambda (candidate)
       (let ((item (get-text-property 0 'eglot--lsp-item candidate)))
         (string-suffix-p typed (or (plist-get item :filterText) candidate))))
     (all-completions "" table predicate))))

(defun notes-lsp--all-completions (string table predicate point)
  "What the server chose for STRING of TABLE and PREDICATE up to POINT.
Without what is shorter than STRING: before Emacs 30, Eglot takes away what
stands behind point with that."
  (seq-filter (lambda (candidate) (>= (length candidate) (length string)))
              (notes-lsp--chosen string table predicate point)))

(defun notes-lsp--try-completion (string table predicate point)
  "Complete STRING of TABLE and PREDICATE up to POINT if there is no choice.
What the candidates have in common need not begin with STRING."
  (let* ((chosen (notes-lsp--chosen string table predicate point))
         (only (and (null (cdr chosen)) (car chosen))))
    (cond ((null chosen) nil)
          ((equal only string) t)
          ;; A copy, since it is stripped of what Eglot has to find on it.
          ((and only (> (length only) (length string)))
           (cons (substring-no-properties only) (length only)))
          (t (cons string point)))))

(add-to-list 'completion-styles-alist
             '(notes-lsp notes-lsp--try-completion notes-lsp--all-completions
                         "What the server of notes chose, whatever it is called."))

(defun notes-lsp--managed ()
  "Set up a buffer that Eglot has just begun to manage."
  (when (and (bound-and-true-p eglot--managed-mode)
             (apply #'derived-mode-p notes-lsp-modes))
    ;; Eglot compares the whole symbol before point, which is more than what is
    ;; being completed where | and / are parts of symbols.
    (let ((table (make-syntax-table (syntax-table))))
      (modify-syntax-entry ?| "." table)
      (modify-syntax-entry ?/ "." table)
      (set-syntax-table table))
    ;; Before Emacs 30, Eglot filters by label what the server has chosen already.
    ;; A list that was made for fewer letters still is filtered so; what was typed
    ;; may be in another case.
    (when (< emacs-major-version 30)
      (setq-local completion-category-overrides
                  (cons '(eglot (styles notes-lsp flex basic)) completion-category-overrides))
      (setq-local completion-ignore-case t))))

(add-to-list 'eglot-server-programs notes-lsp--server)
(add-hook 'project-find-functions #'notes-lsp-project)
(add-hook 'eglot-managed-mode-hook #'notes-lsp--managed)

(provide 'notes-lsp)
;;; notes-lsp.el ends here
