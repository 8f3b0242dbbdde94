package config

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// DefaultAdmin is the admin address that nobody asked for: it gives way when it is taken.
const DefaultAdmin = "127.0.0.1:9090"

// Reference is docs/configuration.md, written from the tags of [Config].
func Reference() (string, error) {
	parser, err := kong.New(&Config{}, kong.Name("atelier serve"))
	if err != nil {
		return "", fmt.Errorf("read the configuration's tags: %w", err)
	}
	var b strings.Builder
	b.WriteString(`# Configuration

What ` + "`atelier serve`" + ` can be told, by flag or by environment variable; the flag wins. This page is written from
` + "`internal/config`" + ` by ` + "`go test ./internal/config -update`" + `, and a test fails when it is stale.

| flag | environment | default | what it sets |
| ---- | ----------- | ------- | ------------ |
`)
	for _, f := range parser.Model.Flags {
		if f.Name == "help" {
			continue
		}
		value := "none"
		if f.Default != "" {
			value = "`" + f.Default + "`"
		}
		fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", f.Name, strings.Join(f.Envs, " "), value, f.Help)
	}
	b.WriteString(`
In the data folder:

| file | what it is |
| ---- | ---------- |
| ` + "`atelier.db`" + ` (with ` + "`-wal`, `-shm`" + `) | everything but the bytes of assets: rooms, logs, people, the queue |
| ` + "`assets/`" + ` | the bytes of assets, named by their SHA-256 |
| ` + "`secret`" + ` | signs session tokens, mode 0600; without it members rejoin as new sessions |
| ` + "`lock`" + ` | held by the server that uses the folder |
`)
	return b.String(), nil
}
