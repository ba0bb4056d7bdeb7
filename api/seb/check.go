package seb

import (
	"errors"
	"net/url"
	"slices"
	"strings"
)

// Base is the public address of the house, as browsers have it: behind a proxy, the proxy's.
type Base string

// ErrBase refuses an address that is none of a house.
var ErrBase = errors.New("seb: no http(s) address of a house")

// ReadBase brings a public address to the form in which browsers write it: without a slash at its end, the host in
// lower case, and without the port that goes without saying.
func ReadBase(s string) (Base, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", ErrBase
	}
	host := strings.ToLower(u.Host)
	host = strings.TrimSuffix(host, map[string]string{"http": ":80", "https": ":443"}[u.Scheme])
	return Base(u.Scheme + "://" + host + strings.TrimSuffix(u.EscapedPath(), "/")), nil
}

// Address is the absolute address of a path with its query.
func (b Base) Address(path string) string { return string(b) + path }

// Open is the address at which a lockdown browser, once it is installed, takes over from another one: sebs:// for
// https://, seb:// for http://.
func (b Base) Open(path string) string {
	if rest, ok := strings.CutPrefix(string(b), "https://"); ok {
		return "sebs://" + rest + path
	}
	return "seb://" + strings.TrimPrefix(string(b), "http://") + path
}

// host is the base without its scheme, as filters of addresses have it.
func (b Base) host() string {
	_, host, _ := strings.Cut(string(b), "://")
	return host
}

// Own reports whether a claimed address is one of these pages of ours, whatever its query and fragment.
func (b Base) Own(claimed string, pages ...string) bool {
	path, ok := strings.CutPrefix(claimed, string(b))
	if !ok {
		return false
	}
	path, _, _ = strings.Cut(path, "#")
	path, _, _ = strings.Cut(path, "?")
	return slices.Contains(pages, path)
}

// Proof is what a browser shows of one key: the hash in a header, which is over the address that was asked for, or the
// hash that a page of ours read from the browser, with that page's address. Empty where it shows nothing.
type Proof struct {
	Asked, Header  string
	Claimed, Field string
}

// Proves reports whether the proof holds for one of keys. pages are those whose word is taken.
func (b Base) Proves(p Proof, pages []string, keys ...Key) bool {
	if p.Header != "" && Matches(p.Header, b.Address(p.Asked), keys...) {
		return true
	}
	return p.Field != "" && b.Own(p.Claimed, pages...) && Matches(p.Field, p.Claimed, keys...)
}
