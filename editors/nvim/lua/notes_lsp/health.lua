local health = vim.health
local M = {}

--- `:checkhealth notes_lsp`: is the server there, is it attached, and what does it see in the current folder?
function M.check()
  health.start('notes-lsp')
  if vim.fn.has('nvim-0.11') == 0 then
    health.error('Neovim 0.11 or newer is needed')
    return
  end
  local command = vim.lsp.config.notes_lsp and vim.lsp.config.notes_lsp.cmd or { 'notes-lsp', 'serve' }
  if type(command) ~= 'table' then
    health.info('`cmd` is a function; the server cannot be asked')
    return
  end
  local program = command[1]
  if vim.fn.executable(program) == 0 then
    health.error(('`%s` cannot be run'):format(program), {
      'Install it from its checkout: `pipx install .`',
      "or say where it is: vim.lsp.config('notes_lsp', { cmd = { '/path/to/notes-lsp', 'serve' } })",
    })
    return
  end
  health.ok(('`%s` is there'):format(vim.fn.exepath(program)))

  local clients = vim.lsp.get_clients({ name = 'notes_lsp' })
  if #clients == 0 then
    health.info('not running; it starts with the first Markdown file that you open')
  end
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_count(client.attached_buffers)
    local root = client.root_dir or '(none: no marker is above these files, so each is served with its own folder)'
    health.ok(('attached to %d buffers, root %s'):format(buffers, root))
  end

  -- Whatever runs `serve` runs the other verbs, too.
  local arguments = {}
  for _, argument in ipairs(command) do
    if argument == 'serve' then
      break
    end
    table.insert(arguments, argument)
  end
  table.insert(arguments, 'doctor')
  local here = vim.lsp.get_clients({ name = 'notes_lsp', bufnr = vim.fn.bufnr('#') })[1] or clients[1]
  local root = here and here.root_dir or vim.fn.getcwd()
  local ok, report = pcall(function()
    return vim.system(arguments, { cwd = root, text = true }):wait(20000)
  end)
  if not ok or (report.stdout or '') == '' then
    local said = vim.trim(ok and report.stderr or tostring(report))
    health.warn(('`notes-lsp doctor` in %s\n%s'):format(root, said), {
      'An empty file makes a folder a vault: `touch .notes-lsp.toml`',
    })
    return
  end
  local say = report.code == 0 and health.ok or health.warn
  say(('`notes-lsp doctor` in %s\n%s'):format(root, vim.trim(report.stdout)))
end

return M
