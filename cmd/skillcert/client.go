package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"time"
)

// client talks to the server as an outsider does: over TCP, with a bearer token.
type client struct {
	base  string
	http  *http.Client
	token string
}

func newClient(base string) *client {
	return &client{base: base, http: &http.Client{Timeout: 90 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
}

// as returns a client that shares c's connections and carries token.
func (c *client) as(token string) *client { d := *c; d.token = token; return &d }

// refusal is a problem+json answer.
type refusal struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Title  string `json:"title"`
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.Status, r.Code, r.Title) }

// call sends in as JSON, nil for none, and reads the answer into out, nil to drop it.
func (c *client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	return c.send(ctx, method, path, "application/json", body, out)
}

// upload sends data as the field "file" of a form.
func (c *client) upload(ctx context.Context, path, name string, data []byte, out any) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		return err
	}
	if _, err := part.Write(data); err != nil {
		return err
	}
	if err := form.Close(); err != nil {
		return err
	}
	return c.send(ctx, http.MethodPost, path, form.FormDataContentType(), &body, out)
}

// maxAnswer bounds what the client reads.
const maxAnswer = 32 << 20

func (c *client) send(ctx context.Context, method, path, contentType string, body io.Reader, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		r := &refusal{Status: res.StatusCode}
		if json.Unmarshal(b, r) != nil {
			r.Title = http.StatusText(res.StatusCode)
		}
		return fmt.Errorf("%s %s: %w", method, path, r)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// refused reports whether err is the server's refusal with that code.
func refused(err error, code string) bool {
	var r *refusal
	return errors.As(err, &r) && r.Code == code
}
