// Package config is what a server can be told: one struct with its defaults, read from flags and environment by
// cmd/atelier alone. docs/configuration.md is written from it ([Reference]).
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"atelier/protocol"
)

// Config of `atelier serve`. Tags are those of alecthomas/kong; every setting has a flag and an environment variable, the
// flag wins.
type Config struct {
	Listen string `default:"127.0.0.1:8080" env:"ATELIER_LISTEN" placeholder:"HOST:PORT" help:"Address of the page and the API. Port 0 takes a free one."`
	Admin  string `default:"127.0.0.1:9090" env:"ATELIER_ADMIN" placeholder:"HOST:PORT" help:"Address of /metrics, /healthz and /readyz for operators; empty is off. When the default is taken, the server starts without it and says so; an address that was asked for must be free."`
	Data   string `default:"./data" env:"ATELIER_DATA" type:"path" placeholder:"DIR" help:"Folder of the database, the assets and the signing secret. One server at a time may use it."`

	Database string `env:"ATELIER_DATABASE" placeholder:"URL" help:"Postgres that keeps everything but assets, as postgres://user:password@host/name, for one instance or several. Default: SQLite in the data folder."`
	Redis    string `env:"ATELIER_REDIS" placeholder:"URL" help:"Redis that carries messages between instances over one Postgres: redis://…, rediss://…, redis+sentinel://…?master_name=… or redis+cluster://…. Several instances need it."`

	Assets         string `env:"ATELIER_ASSETS" placeholder:"PLACE" help:"Where assets are kept: a folder, or s3://bucket/prefix?endpoint=https://host&region=name for an S3-compatible store (without an endpoint, Amazon's). Default: in the data folder."`
	AssetsRedirect bool   `name:"assets-redirect" env:"ATELIER_ASSETS_REDIRECT" help:"Send browsers to the S3-compatible store for assets, by links that hold for an hour, instead of passing the bytes on."`

	Guests Guests `default:"auto" enum:"auto,on,off" env:"ATELIER_GUESTS" help:"Who may come in by a name alone (auto, on, off). auto: guests are editors while the server listens on loopback only, and refused otherwise."`

	PublicURL string `name:"public-url" env:"ATELIER_PUBLIC_URL" placeholder:"URL" help:"Where people reach the server, for the links it prints. Default: the address it listens on."`

	LogLevel  slog.Level `name:"log-level" default:"INFO" env:"ATELIER_LOG_LEVEL" placeholder:"LEVEL" help:"Least level that is logged: DEBUG, INFO, WARN or ERROR."`
	LogFormat string     `name:"log-format" default:"text" enum:"text,json" env:"ATELIER_LOG_FORMAT" help:"Form of the log on standard error (text, json)."`

	Drain   time.Duration `default:"10s" env:"ATELIER_DRAIN" placeholder:"TIME" help:"How long a stopping server lets sockets, requests and jobs end."`
	Workers int           `default:"2" env:"ATELIER_WORKERS" placeholder:"N" help:"Jobs that the server runs at once; 0 leaves them all to remote workers."`
	Lease   time.Duration `default:"30s" env:"ATELIER_LEASE" placeholder:"TIME" help:"How long a worker that says nothing keeps a job; 1s to 10m."`

	Voice    Voice    `embed:"" prefix:"voice-"`
	Commands Commands `embed:"" prefix:"commands-"`
	Limits   Limits   `embed:"" prefix:"max-"`
}

// Guests says whether guests may come in.
type Guests string

// Values of [Guests].
const (
	GuestsAuto Guests = "auto"
	GuestsOn   Guests = "on"
	GuestsOff  Guests = "off"
)

// Limits are those of the protocol's limits that an operator may want otherwise. Clients learn them in welcome.
type Limits struct {
	Members int   `default:"500" env:"ATELIER_MAX_MEMBERS" placeholder:"N" help:"Members of a room."`
	Records int   `default:"50000" env:"ATELIER_MAX_RECORDS" placeholder:"N" help:"Records of a room."`
	Sockets int   `default:"20" env:"ATELIER_MAX_SOCKETS" placeholder:"N" help:"Sockets of one user."`
	Jobs    int   `default:"40" env:"ATELIER_MAX_JOBS" placeholder:"N" help:"Unfinished jobs of one user in a room."`
	Running int   `default:"8" env:"ATELIER_MAX_RUNNING" placeholder:"N" help:"Of these, jobs that workers have at a time."`
	Prompt  int   `default:"4000" env:"ATELIER_MAX_PROMPT" placeholder:"CHARS" help:"Characters of a prompt."`
	Upload  int64 `default:"52428800" env:"ATELIER_MAX_UPLOAD" placeholder:"BYTES" help:"Bytes of one uploaded asset."`
}

// Validate names every setting that cannot be. kong calls it after parsing.
func (c *Config) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		bad("--listen: %w", err)
	}
	if c.Admin != "" {
		if _, _, err := net.SplitHostPort(c.Admin); err != nil {
			bad("--admin: %w", err)
		}
	}
	if c.Data == "" {
		bad("--data: no folder")
	}
	if c.Database != "" && !strings.HasPrefix(c.Database, "postgres://") && !strings.HasPrefix(c.Database, "postgresql://") {
		bad("--database: not a URL that begins with postgres://") // and may hold a password
	}
	if c.Redis != "" && c.Database == "" {
		bad("--redis: several instances need --database, too")
	}
	errs = append(errs, c.validateAssets()...)
	if c.PublicURL != "" && !strings.HasPrefix(c.PublicURL, "http://") && !strings.HasPrefix(c.PublicURL, "https://") {
		bad("--public-url: %q does not begin with http:// or https://", c.PublicURL)
	}
	if c.Drain < 0 {
		bad("--drain: %s is negative", c.Drain)
	}
	if c.Lease < time.Second || c.Lease > 10*time.Minute {
		bad("--lease: %s is not within 1s and 10m", c.Lease)
	}
	if c.Workers < 0 {
		bad("--workers: %d is negative", c.Workers)
	}
	errs = append(errs, c.Voice.validate()...)
	errs = append(errs, c.Commands.validate()...)
	l := c.Limits
	for _, limit := range []struct {
		flag  string
		value int64
	}{
		{"members", int64(l.Members)},
		{"records", int64(l.Records)},
		{"sockets", int64(l.Sockets)},
		{"jobs", int64(l.Jobs)},
		{"running", int64(l.Running)},
		{"prompt", int64(l.Prompt)},
		{"upload", l.Upload},
	} {
		if limit.value < 1 {
			bad("--max-%s: %d is less than 1", limit.flag, limit.value)
		}
	}
	return errors.Join(errs...)
}

func (c *Config) validateAssets() (errs []error) {
	scheme, _, isURL := strings.Cut(c.Assets, "://")
	if isURL && scheme != "s3" {
		errs = append(errs, fmt.Errorf("--assets: neither a folder nor a URL that begins with s3://")) // and may hold a secret
	}
	if c.AssetsRedirect && scheme != "s3" {
		errs = append(errs, fmt.Errorf("--assets-redirect: --assets is no s3:// URL to send anybody to"))
	}
	return errs
}

// Loopback tells whether the server can be reached from this machine only.
func (c *Config) Loopback() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// GuestsAllowed settles [GuestsAuto].
func (c *Config) GuestsAllowed() bool {
	return c.Guests == GuestsOn || c.Guests == GuestsAuto && c.Loopback()
}

// Protocol is the protocol's limits with the operator's own.
func (l Limits) Protocol() protocol.Limits {
	p := protocol.DefaultLimits()
	p.MembersPerRoom, p.RecordsPerRoom, p.SocketsPerUser = l.Members, l.Records, l.Sockets
	p.JobsPerUser, p.RunningPerUser, p.PromptChars, p.UploadBytes = l.Jobs, l.Running, l.Prompt, l.Upload
	return p
}
