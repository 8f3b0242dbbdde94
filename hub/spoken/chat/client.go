package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"atelier/hub/spoken"
	"atelier/protocol"
)

// Config of a [Client].
type Config struct {
	URL     string        // base of the API, the part before /chat/completions
	Model   string        //
	Key     string        // sent as a bearer token; none is sent without
	Timeout time.Duration // of a question; 5 s
	AtOnce  int           // questions; 4
}

// mostBytes bounds an answer.
const mostBytes = 64 << 10

// Client asks one endpoint. Make it with [New], end it with [Client.Close].
type Client struct {
	cfg       Config
	url       string
	http      *http.Client
	transport *http.Transport
	turns     chan struct{} // as many as may be asked at once
}

// New makes a client. It asks nothing yet.
func New(cfg Config) (*Client, error) {
	if cfg.Timeout == 0 {
		cfg.Timeout = 5 * time.Second
	}
	if cfg.AtOnce == 0 {
		cfg.AtOnce = 4
	}
	at, err := url.JoinPath(cfg.URL, "chat", "completions")
	if err != nil {
		return nil, fmt.Errorf("endpoint for commands: %w", err)
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConns: cfg.AtOnce, MaxIdleConnsPerHost: cfg.AtOnce,
		IdleConnTimeout: 90 * time.Second, MaxResponseHeaderBytes: mostBytes,
	}
	return &Client{
		cfg: cfg, url: at, transport: transport, turns: make(chan struct{}, cfg.AtOnce),
		http: &http.Client{
			Transport: transport,
			// The key is for the endpoint that was configured and for no other.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Close lets the connections go that nobody uses.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Interpret asks what was meant. INVALID_INPUT when the endpoint does not know either or answers what cannot be, UNAVAILABLE
// when it is asked too much already; any other error is a fault of the endpoint or of the way there.
func (c *Client) Interpret(ctx context.Context, text string, about spoken.Context) (spoken.Command, error) {
	select {
	case c.turns <- struct{}{}:
		defer func() { <-c.turns }()
	default:
		return spoken.Command{}, protocol.Errorf(protocol.CodeUnavailable, "the endpoint for commands is busy")
	}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	refs := refer(about)
	body, err := json.Marshal(c.question(text, refs))
	if err != nil {
		return spoken.Command{}, fmt.Errorf("write the question: %w", err)
	}
	content, err := c.ask(ctx, body)
	if err != nil {
		return spoken.Command{}, err
	}
	return refs.read(content)
}

// ask posts a question and returns what the assistant says.
func (c *Client) ask(ctx context.Context, body []byte) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("ask: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if c.cfg.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.cfg.Key)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return "", fmt.Errorf("ask: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("ask: the endpoint answered %s", res.Status)
	}
	answer, err := io.ReadAll(io.LimitReader(res.Body, mostBytes+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("read the answer: %w", err)
	case len(answer) > mostBytes:
		return "", fmt.Errorf("read the answer: more than %d bytes", mostBytes)
	}
	var completion struct {
		Choices []struct {
			Message struct {
				Content string `json:"content"`
			} `json:"message"`
		} `json:"choices"`
	}
	if err := json.Unmarshal(answer, &completion); err != nil {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	if len(completion.Choices) == 0 {
		return "", errors.New("read the answer: it has no choices")
	}
	return completion.Choices[0].Message.Content, nil
}
