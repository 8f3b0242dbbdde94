package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"atelier/protocol"
)

// Options say where and as whom to join. URL and Room are needed, and one of Key, Cookie, Ticket and Name.
type Options struct {
	URL  string // of the server: http://host:port or https://…
	Room string // id

	Key    string                                // API key of a bot, atl_…
	Cookie string                                // value of the cookie of somebody signed in: [API.Cookie]
	Ticket func(context.Context) (string, error) // gives a fresh one-use ticket for every dial
	Name   string                                // signs in as a guest of this name, where guests are allowed

	Zone       *time.Location // the clock that branches made for our edits are named by; nil is time.Local
	Client     string         // name and version of the program, for the server's log
	EventQueue int            // events a subscription holds before it lags; 0 is 65 536
	Events     *Subscription  // from [NewSubscription]: gets what happens from the first moment; may be nil
	HTTP       *http.Client   // nil is a client of its own; its Timeout must be 0
	Log        *slog.Logger   // nil discards
	Jitter     func() float64 // in [0, 1); nil is math/rand/v2
}

func (o Options) withDefaults() (Options, error) {
	if !protocol.ValidName(o.Room) {
		return o, fmt.Errorf("join: %q is not a room id", o.Room)
	}
	if o.Key == "" && o.Cookie == "" && o.Ticket == nil && o.Name == "" {
		return o, errors.New("join: one of Key, Cookie, Ticket and Name is needed")
	}
	if o.Client == "" {
		o.Client = "atelier-go"
	}
	if o.EventQueue <= 0 {
		o.EventQueue = eventQueue
	}
	if o.Zone == nil {
		o.Zone = time.Local
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()} //nolint:forcetypeassert // documented to be one
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	return o, nil
}

func baseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("server address: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("server address %q: want http://host:port or https://host", s)
	}
	return u, nil
}
