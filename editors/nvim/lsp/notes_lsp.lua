---@brief
---
--- notes-lsp, a language server for a folder of plain Markdown notes: links, backlinks, completion, diagnostics.
---
--- Install it from its checkout with `pipx install .` or `uv tool install .`; `:checkhealth notes_lsp` says what it sees.
--- Settings may also stand in `.notes-lsp.toml` at the root of the notes, where every editor finds them.

-- The server goes by the nearest of these, whichever it is; so does Neovim for a list in the list, since 0.11.3.
-- Before that, it treated a plain list so.
local markers = { '.notes-lsp.toml', '.obsidian', '.zk', '.marksman.toml', '.git' }
markers = vim.fn.has('nvim-0.11.3') == 1 and { markers } or markers

--- Attach to files alone: not to what a plugin shows under an address of its own, such as `fugitive://`.
---
--- A note that no marker is above goes to a server that runs around it already; without one, the server is told no
--- root, and decides itself which folder the note belongs to.
local function root_dir(buffer, on_dir)
  local name = vim.api.nvim_buf_get_name(buffer)
  if vim.bo[buffer].buftype ~= '' or name:find('^%a[%w+.-]+://') then
    return
  end
  local root = vim.fs.root(buffer, markers)
  local home = vim.uv.os_homedir()
  if root and home and vim.uv.fs_realpath(root) == vim.uv.fs_realpath(home) then
    -- Settings kept in git make no vault of all that one has; the server knows whether another marker does.
    root = nil
  end
  for _, client in ipairs(root and {} or vim.lsp.get_clients({ name = 'notes_lsp' })) do
    if client.root_dir and vim.startswith(name, client.root_dir .. '/') then
      root = client.root_dir
    end
  end
  on_dir(root)
end

--- List the places that a code lens counts.
local function show_references(command, context)
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  local items = vim.lsp.util.locations_to_items(command.arguments[3], client.offset_encoding)
  vim.fn.setqflist({}, ' ', { title = command.title, items = items })
  vim.cmd('botright copen')
end

--- Put the cursor after the brackets that follow an accepted item. The server can ask for that, too, but by then one
--- may have typed on.
local function move_cursor(command, context)
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  local position = command.arguments[2]
  if vim.uri_from_bufnr(0) == command.arguments[1] then
    local line = vim.api.nvim_buf_get_lines(0, position.line, position.line + 1, false)[1] or ''
    local column = vim.str_byteindex(line, client.offset_encoding, position.character, false)
    vim.api.nvim_win_set_cursor(0, { position.line + 1, column })
  end
end

-- What completes as one types, if it is there: a module that was loaded, or a variable that was set.
local completers = { 'cmp', 'blink.cmp', 'coq', 'care' }
local variables = { 'did_coc_loaded', 'loaded_ddc', 'loaded_youcompleteme', 'asyncomplete_loaded' }

local function completes_as_one_types()
  if vim.g.notes_lsp_autotrigger ~= nil then
    return not vim.g.notes_lsp_autotrigger
  end
  return _G.MiniCompletion ~= nil
    or vim.iter(completers):any(function(name)
      return package.loaded[name] ~= nil
    end)
    or vim.iter(variables):any(function(name)
      return vim.g[name] ~= nil
    end)
    or (vim.fn.exists('+autocomplete') == 1 and vim.o.autocomplete)
end

-- Where a link, an address, a footnote or a tag is being written, up to the cursor.
local unfinished = { '%[%[[^%]]*$', '%]%([^)]*$', '%[%^[^%]]*$', '#%S*$' }

--- Open the menu, at a letter typed, where it went away, or never came since the answer was late or the next key early.
local function reopen()
  local before = vim.api.nvim_get_current_line():sub(1, vim.api.nvim_win_get_cursor(0)[2])
  if vim.fn.pumvisible() == 0 and vim.iter(unfinished):any(function(pattern)
    return before:find(pattern) ~= nil
  end) then
    vim.lsp.completion.get()
  end
end

--- Complete with Neovim's own menu: as one types where nothing else does, and at CTRL-X CTRL-O.
---
--- Neovim inserts whole links only where its completion is enabled, else just the letters in the menu. Whoever enabled
--- it on LspAttach, with or without `autotrigger`, came first and wins.
local function complete(client, buffer)
  if not vim.lsp.buf_is_attached(buffer, client.id) then
    return
  end
  local unasked = not completes_as_one_types()
  vim.lsp.completion.enable(true, client.id, buffer, { autotrigger = unasked })
  if unasked then
    if not (vim.o.completeopt:find('noselect') or vim.o.completeopt:find('noinsert')) then
      -- Else each menu would write its first entry into the note.
      vim.bo[buffer].completeopt = 'menuone,noselect,popup'
    end
    vim.api.nvim_create_autocmd('InsertCharPre', { buffer = buffer, callback = vim.schedule_wrap(reopen) })
  end
end

--- Completion is set up when one begins to write: by then, whatever else completes has been loaded.
local function on_attach(client, buffer)
  if vim.api.nvim_get_current_buf() == buffer and vim.startswith(vim.api.nvim_get_mode().mode, 'i') then
    complete(client, buffer)
    return
  end
  vim.api.nvim_create_autocmd('InsertEnter', {
    buffer = buffer,
    once = true,
    callback = function()
      complete(client, buffer)
    end,
  })
end

--- Show the server's messages; Neovim 0.11 itself would wait for a key after each.
local function show_message(_, message)
  local levels = { vim.log.levels.ERROR, vim.log.levels.WARN }
  vim.notify('notes-lsp: ' .. message.message, levels[message.type] or vim.log.levels.INFO)
end

-- Neovim itself asks nobody before it renames a file, but file explorers do, and those that ask go by this.
local operations = { 'willCreate', 'didCreate', 'willRename', 'didRename', 'willDelete', 'didDelete' }
local file_operations = {}
for _, operation in ipairs(operations) do
  file_operations[operation] = true
end

---@type vim.lsp.Config
return {
  cmd = { 'notes-lsp', 'serve' },
  filetypes = { 'markdown' },
  root_dir = root_dir,
  root_markers = markers,
  capabilities = { workspace = { fileOperations = file_operations } },
  commands = { ['notes.showReferences'] = show_references, ['notes-lsp.moveCursor'] = move_cursor },
  handlers = { ['window/showMessage'] = show_message },
  on_attach = on_attach,
  settings = {},
}
