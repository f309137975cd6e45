-- The Neovim of `make demo`: our plugin, and a hint of the keys. Nothing of the user's.
vim.opt.runtimepath:prepend(vim.env.NOTES_LSP_PLUGIN)
vim.g.mapleader = ' '
vim.opt.swapfile = false
vim.opt.hidden = true
vim.opt.linebreak = true
vim.opt.signcolumn = 'yes'
vim.opt.mouse = 'a'
vim.opt.termguicolors = vim.env.COLORTERM ~= nil
vim.opt.shortmess:append('I')
vim.opt.laststatus = 3
vim.o.winborder = 'rounded'
vim.diagnostic.config({ virtual_text = { prefix = '▪' }, jump = { float = true } })

vim.api.nvim_create_autocmd('LspAttach', {
  callback = function(event)
    vim.wo.statusline = ' %f %m%=● notes-lsp   %l:%c '
    vim.keymap.set('n', 'gd', vim.lsp.buf.definition, { buffer = event.buf, desc = 'definition' })
    vim.keymap.set('n', '<C-LeftMouse>', '<LeftMouse><Cmd>lua vim.lsp.buf.definition()<CR>', { buffer = event.buf })
  end,
})

-- The folder is removed when Neovim has gone; the server should not be writing in it any more.
vim.api.nvim_create_autocmd('VimLeavePre', {
  callback = function()
    vim.lsp.stop_client(vim.lsp.get_clients())
    vim.wait(2000, function()
      return #vim.lsp.get_clients() == 0
    end, 10)
  end,
})

local keys = {
  ' K          what the link leads to       grr  who links here, by note, heading, block, tag ',
  ' gd         go there, CTRL-O comes back  grn  rename    gra  code actions                  ',
  ' [d ]d      previous, next diagnostic    gO   outline   :qa  leave                         ',
  ' type [[    and three letters, choose with CTRL-N, accept with CTRL-Y (or CTRL-X CTRL-O)   ',
}

--- Show the keys in the corner until they were read.
local function hint()
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, keys)
  local width = vim.fn.strdisplaywidth(keys[1])
  local window = vim.api.nvim_open_win(buffer, false, {
    relative = 'editor', anchor = 'SE', row = vim.o.lines - 2, col = vim.o.columns, width = width, height = #keys,
    style = 'minimal', focusable = false, title = ' notes-lsp ',
  })
  vim.api.nvim_create_autocmd({ 'InsertEnter', 'BufLeave', 'WinScrolled' }, {
    callback = function()
      if vim.api.nvim_win_is_valid(window) then
        vim.api.nvim_win_close(window, true)
      end
      return true
    end,
  })
end

if vim.env.NOTES_LSP_HINT then
  vim.api.nvim_create_autocmd('VimEnter', { callback = vim.schedule_wrap(hint) })
end
