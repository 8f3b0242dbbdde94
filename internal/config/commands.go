package config

import (
	"fmt"
	"net/url"
)

// Commands is what understanding voice commands may be told. The grammar needs nothing.
type Commands struct {
	URL   string `name:"url" env:"ATELIER_COMMANDS_URL" placeholder:"URL" help:"Base of an OpenAI-compatible API, such as http://127.0.0.1:8000/v1, that is asked what a voice command means that the grammar does not understand. It is told what was said, and the names in the room."`
	Model string `name:"model" env:"ATELIER_COMMANDS_MODEL" placeholder:"NAME" help:"Model of that API."`
	Key   string `name:"key" env:"ATELIER_COMMANDS_KEY" placeholder:"TEXT" help:"Key of that API, when it wants one."`
}

func (c *Commands) validate() (errs []error) {
	if (c.URL != "") != (c.Model != "") {
		errs = append(errs, fmt.Errorf("--commands-url and --commands-model belong together"))
	}
	if c.Key != "" && c.URL == "" {
		errs = append(errs, fmt.Errorf("--commands-key: there is no --commands-url"))
	}
	if u, err := url.Parse(c.URL); c.URL != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https")) {
		errs = append(errs, fmt.Errorf("--commands-url: %q is no http:// or https:// address", c.URL))
	}
	return errs
}
