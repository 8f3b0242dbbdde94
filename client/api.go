package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"

	"atelier/protocol"
)

// cookieName is the cookie of somebody signed in (docs/http.md).
const cookieName = "atelier"

// Identity is as whom an [API] speaks: the key of a bot or the cookie of a person or guest; empty is nobody yet.
type Identity struct {
	Key    string
	Cookie string
}

// API is the HTTP API of a server (docs/http.md) as one identity. Refusals are *[protocol.Error].
type API struct {
	base *url.URL
	http *http.Client

	mu sync.Mutex
	id Identity
}

// NewAPI speaks to the server at address. A nil HTTP client is a client of its own.
func NewAPI(address string, id Identity, client *http.Client) (*API, error) {
	base, err := baseURL(address)
	if err != nil {
		return nil, err
	}
	if client == nil {
		client = &http.Client{}
	}
	return &API{base: base, http: client, id: id}, nil
}

// Cookie is the value of the cookie of who is signed in, for [Options.Cookie].
func (a *API) Cookie() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.id.Cookie
}

func (a *API) authorize(h http.Header) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.id.Key != "":
		h.Set("Authorization", "Bearer "+a.id.Key)
	case a.id.Cookie != "":
		h.Set("Cookie", cookieName+"="+a.id.Cookie)
	}
}

// call sends a JSON request and decodes the answer into out, when out is not nil.
func (a *API) call(ctx context.Context, method, path string, body, out any) error {
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		in = bytes.NewReader(raw)
	}
	req, err := a.request(ctx, method, path, in)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return a.send(req, out)
}

func (a *API) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	ref, err := url.Parse(path)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	target := a.base.JoinPath(ref.EscapedPath())
	target.RawQuery = ref.RawQuery
	req, err := http.NewRequestWithContext(ctx, method, target.String(), body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	a.authorize(req.Header)
	return req, nil
}

func (a *API) send(req *http.Request, out any) error {
	res, err := a.http.Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", req.Method, req.URL.Path, err)
	}
	defer res.Body.Close() //nolint:errcheck // read to its end below
	for _, c := range res.Cookies() {
		if c.Name == cookieName {
			a.mu.Lock()
			a.id.Cookie = c.Value
			a.mu.Unlock()
		}
	}
	if res.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %w", req.Method, req.URL.Path, answerError(res))
	}
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		return fmt.Errorf("%s %s: decode the answer: %w", req.Method, req.URL.Path, err)
	}
	return nil
}

// answerError is the coded error of an answer, also when something between us and the server answered in words.
func answerError(res *http.Response) *protocol.Error {
	coded := &protocol.Error{}
	raw, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err != nil || json.Unmarshal(raw, coded) != nil || coded.Code == "" {
		coded = protocol.Errorf(codeOf(res.StatusCode), "the server answered %s", res.Status)
	}
	if coded.Code == protocol.CodeConflict {
		var of struct {
			Details protocol.ConflictDetails `json:"details"`
		}
		if json.Unmarshal(raw, &of) == nil && len(of.Details.Conflicts) > 0 {
			coded.Details = of.Details
		}
	}
	if wait := retryAfter(res.Header); wait > coded.RetryAfterMS {
		coded.RetryAfterMS = wait
	}
	return coded
}

func codeOf(status int) protocol.Code {
	switch status {
	case http.StatusUnauthorized:
		return protocol.CodeAuthRequired
	case http.StatusForbidden:
		return protocol.CodeForbidden
	case http.StatusNotFound:
		return protocol.CodeNotFound
	case http.StatusConflict:
		return protocol.CodeConflict
	case http.StatusRequestEntityTooLarge:
		return protocol.CodePayloadTooLarge
	case http.StatusTooManyRequests:
		return protocol.CodeRateLimited
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return protocol.CodeUnavailable
	}
	if status < http.StatusInternalServerError {
		return protocol.CodeInvalidInput
	}
	return protocol.CodeInternal
}

// PutAsset uploads size bytes of r and returns the asset they are.
func (a *API) PutAsset(ctx context.Context, r io.Reader, size int64) (Asset, error) {
	return a.putAsset(ctx, "/v1/assets", r, size)
}

// PutAssetIn does the same in a room: a copy of a result that was made there is linked to it in the room's lineage.
func (a *API) PutAssetIn(ctx context.Context, room string, r io.Reader, size int64) (Asset, error) {
	return a.putAsset(ctx, "/v1/assets?"+url.Values{"room": {room}}.Encode(), r, size)
}

func (a *API) putAsset(ctx context.Context, path string, r io.Reader, size int64) (Asset, error) {
	var out Asset
	req, err := a.request(ctx, http.MethodPut, path, io.LimitReader(r, size))
	if err != nil {
		return out, err
	}
	req.ContentLength = size
	req.Header.Set("Content-Type", "application/octet-stream")
	err = a.send(req, &out)
	return out, err
}

// Asset opens an asset's bytes; the caller closes them.
func (a *API) Asset(ctx context.Context, id string) (body io.ReadCloser, size int64, err error) {
	return a.open(ctx, "/v1/assets/"+url.PathEscape(id))
}

// open asks for bytes; the caller closes them.
func (a *API) open(ctx context.Context, path string) (body io.ReadCloser, size int64, err error) {
	req, err := a.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, 0, err
	}
	res, err := a.http.Do(req)
	if err != nil {
		return nil, 0, fmt.Errorf("GET %s: %w", req.URL.Path, err)
	}
	if res.StatusCode != http.StatusOK {
		defer res.Body.Close() //nolint:errcheck // the answer is an error
		return nil, 0, fmt.Errorf("GET %s: %w", req.URL.Path, answerError(res))
	}
	return res.Body, res.ContentLength, nil
}
