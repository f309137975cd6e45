-- Makes this folder a plugin: once it is on 'runtimepath', notes-lsp is attached to Markdown files.
-- To keep it from starting: vim.g.notes_lsp_enable = false, before plugins are loaded.
if vim.g.loaded_notes_lsp then
  return
end
vim.g.loaded_notes_lsp = true

if vim.fn.has('nvim-0.11') == 0 then
  vim.notify_once('notes-lsp: this plugin needs Neovim 0.11 or newer', vim.log.levels.WARN)
elseif vim.g.notes_lsp_enable ~= false then
  vim.lsp.enable('notes_lsp')
end
