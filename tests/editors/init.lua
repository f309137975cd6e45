-- What a user would write: our folder as a plugin, and Neovim's own completion as one types.
vim.opt.runtimepath:prepend(vim.env.NOTES_LSP_PLUGIN)
vim.opt.swapfile = false
vim.opt.hidden = true
vim.opt.completeopt = { 'menuone', 'noselect', 'popup' }
vim.api.nvim_create_autocmd('LspAttach', {
  callback = function(event)
    if vim.g.complete_as_one_types ~= false then
      vim.lsp.completion.enable(true, event.data.client_id, event.buf, { autotrigger = true })
    end
  end,
})
