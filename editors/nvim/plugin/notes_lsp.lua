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

-- The server of the vault one is in: that of the buffer; else of the current folder, started if need be. Where neither
-- is in a vault, the only one that runs, if it is the only one: a note must not land in another vault than meant.
local function server()
  local attached = vim.lsp.get_clients({ bufnr = 0, name = 'notes_lsp' })[1]
  if attached then
    return attached
  end
  local config = vim.deepcopy(vim.lsp.config.notes_lsp)
  local root = vim.fs.root(vim.fn.getcwd(), config.root_markers)
  local running = vim.lsp.get_clients({ name = 'notes_lsp' })
  if not root then
    return #running == 1 and running[1] or nil
  end
  config.root_dir = root
  return vim.lsp.get_client_by_id(vim.lsp.start(config, { attach = false }) or -1)
end

-- Have the server make a note, and show it; a range becomes the note's text, with a link in its place.
local function run(command, asked)
  local client = server()
  if client == nil then
    vim.notify('notes-lsp: which vault? Open a note of it, or go to its folder with :cd', vim.log.levels.WARN)
    return
  end
  asked.uri = client.attached_buffers[vim.api.nvim_get_current_buf()] and vim.uri_from_bufnr(0) or nil
  local function ask()
    if not client.initialized and not client:is_stopped() then
      vim.defer_fn(ask, 20)
      return
    end
    client:request('workspace/executeCommand', { command = command, arguments = { asked } }, function(err)
      if err ~= nil then
        vim.notify(err.message, vim.log.levels.ERROR)
      end
    end)
  end
  ask()
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
