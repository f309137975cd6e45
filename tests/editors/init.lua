-- What a user would write: our folder as a plugin, and nothing else.
vim.opt.runtimepath:prepend(vim.env.NOTES_LSP_PLUGIN)
vim.opt.swapfile = false
vim.opt.hidden = true
