---@brief
---
--- notes-lsp, a language server for a folder of plain Markdown notes: links, backlinks, completion, diagnostics.
---
--- Install it with `pipx install notes-lsp` or `uv tool install notes-lsp`; `:checkhealth notes_lsp` says what it sees.
--- Settings may also stand in `.notes-lsp.toml` at the root of the notes, where every editor finds them.

local METHOD = 'textDocument/diagnostic'
local REFRESH = 'workspace/diagnostic/refresh'

-- The server goes by the nearest of these, whichever it is; so does Neovim for a list in the list, since 0.11.3.
-- Before that, it treated a plain list so.
local markers = { '.notes-lsp.toml', '.obsidian', '.zk', '.marksman.toml', '.git' }

--- Ask again for the diagnostics of every buffer, since a note was written that others link to.
---
--- Neovim 0.11 asks only when the buffer itself changes. Where Neovim brings a handler of its own, that one is used.
local function refresh(err, result, ctx)
  local builtin = vim.lsp.handlers[REFRESH]
  if builtin then
    return builtin(err, result, ctx)
  end
  local client = vim.lsp.get_client_by_id(ctx.client_id)
  for buffer in pairs(client and client.attached_buffers or {}) do
    if client and vim.api.nvim_buf_is_loaded(buffer) then
      client:request(METHOD, { textDocument = vim.lsp.util.make_text_document_params(buffer) }, nil, buffer)
    end
  end
  return vim.NIL
end

--- Let CTRL-X CTRL-O insert whole links.
---
--- Neovim inserts what the server says only where its completion is enabled, else just the letters in the menu. This
--- opens no menu by itself. Whoever enables it on LspAttach, with or without `autotrigger`, comes first and wins.
local function enable_completion(client, buffer)
  vim.lsp.completion.enable(true, client.id, buffer, { autotrigger = false })
end

---@type vim.lsp.Config
return {
  cmd = { 'notes-lsp', 'serve' },
  filetypes = { 'markdown' },
  root_markers = vim.fn.has('nvim-0.11.3') == 1 and { markers } or markers,
  capabilities = { workspace = { diagnostics = { refreshSupport = true } } },
  handlers = { [REFRESH] = refresh },
  on_attach = enable_completion,
  settings = {},
}
