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

-- Have the server make a note, and show it; a range becomes the note's text, with a link in its place.
local function run(command, asked)
  local client = vim.lsp.get_clients({ name = 'notes_lsp' })[1]
  if client == nil then
    vim.notify('notes-lsp: no server runs; open a note first', vim.log.levels.WARN)
    return
  end
  asked.uri = vim.api.nvim_buf_get_name(0) ~= '' and vim.uri_from_bufnr(0) or nil
  client:request('workspace/executeCommand', { command = command, arguments = { asked } }, function(err)
    if err ~= nil then
      vim.notify(err.message, vim.log.levels.ERROR)
    end
  end, 0)
end

vim.api.nvim_create_user_command('NotesNew', function(given)
  local asked = { title = given.args, anyway = given.bang }
  if given.range > 0 then
    local range = { start = { line = given.line1 - 1, character = 0 }, ['end'] = { line = given.line2, character = 0 } }
    asked.selection = { uri = vim.uri_from_bufnr(0), range = range }
    asked.link = true
  end
  run('notes.new', asked)
end, { nargs = '*', range = true, bang = true, desc = 'Make a note by the rules of the vault' })

vim.api.nvim_create_user_command('NotesDaily', function(given)
  run('notes.daily', { when = given.args })
end, { nargs = '*', desc = 'Go to the note of a day, made if it is not there' })
