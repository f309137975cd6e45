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
;; - before Emacs 30 it makes completion ignore case in the buffers that the
;;   server manages, without which "[[my no" would not find "My Note", and
;;   makes | and / end a symbol there, without which what is typed behind
;;   them would find nothing.

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
`notes-lsp-root-markers'."
  (locate-dominating-file
   directory
   (lambda (folder)
     (seq-some (lambda (name) (file-exists-p (expand-file-name name folder)))
               notes-lsp-root-markers))))

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

(defun notes-lsp--managed ()
  "Set up a buffer that Eglot has just begun to manage."
  ;; Eglot filters by label.  What was typed may be in another case, and before
  ;; Emacs 30 that was only forgiven where completion ignores case.
  (when (and (< emacs-major-version 30)
             (bound-and-true-p eglot--managed-mode)
             (apply #'derived-mode-p notes-lsp-modes))
    (setq-local completion-ignore-case t)
    ;; It compares the whole symbol before point, which is more than what is
    ;; being completed where | and / are parts of symbols.
    (let ((table (make-syntax-table (syntax-table))))
      (modify-syntax-entry ?| "." table)
      (modify-syntax-entry ?/ "." table)
      (set-syntax-table table))))

(add-to-list 'eglot-server-programs notes-lsp--server)
(add-hook 'project-find-functions #'notes-lsp-project)
(add-hook 'eglot-managed-mode-hook #'notes-lsp--managed)

(provide 'notes-lsp)
;;; notes-lsp.el ends here
