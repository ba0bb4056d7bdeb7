package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// assets are the static files under one digest. The digest is a folder of the address, so that modules find each other
// by their plain relative names and still every address is immutable.
type assets struct {
	digest string
	bodies map[string][]byte
}

func readAssets() (*assets, error) {
	a := &assets{bodies: map[string][]byte{}}
	sum := sha256.New()
	err := fs.WalkDir(files, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		short := strings.TrimPrefix(name, "static/")
		a.bodies[short] = body
		fmt.Fprintf(sum, "%s %d\n", short, len(body))
		sum.Write(body)
		return nil
	})
	a.digest = hex.EncodeToString(sum.Sum(nil))[:16]
	return a, err
}

// ExamWorker is the static file of the exam pages' service worker, which answers below /exam.
const ExamWorker = "exam/worker.js"

// CheckWorker is the static file of the service worker of the offline check, which answers below CheckScope.
const (
	CheckWorker = "check/worker.js"
	CheckScope  = "/offline-check"
)

// href is the address of a static file; a name that does not exist is an error of the template.
func (a *assets) href(name string) (string, error) {
	if _, ok := a.bodies[name]; !ok {
		return "", fmt.Errorf("web: no static file %q", name)
	}
	return "/static/" + a.digest + "/" + name, nil
}

// Static returns the file behind /static/{name}; name begins with the digest. ok is false for every other name.
func (p *Pages) Static(name string) (body []byte, contentType string, ok bool) {
	digest, short, _ := strings.Cut(name, "/")
	body, ok = p.assets.bodies[short]
	if !ok || digest != p.assets.digest {
		return nil, "", false
	}
	return body, contentTypeOf(short), true
}

func contentTypeOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}
