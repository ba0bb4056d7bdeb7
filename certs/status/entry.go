package status

import (
	"fmt"
	"io"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// Entry is the credentialStatus of one credential (Bitstring Status List v1.0 §2.1).
type Entry struct {
	ID        string    `json:"id"`
	Type      string    `json:"type"`
	Purpose   string    `json:"statusPurpose"`
	Index     string    `json:"statusListIndex"`
	List      string    `json:"statusListCredential"`
	Size      int       `json:"statusSize"`
	Messages  []Message `json:"statusMessage"`
	Reference string    `json:"statusReference,omitempty"`
}

const purpose = "message"

// NewEntry refers to one place of the list at an address; reference is the address of a page that explains the codes,
// or empty. ErrIndex outside the list, ErrBuild for an address that names no list.
func NewEntry(list string, index int, reference string) (Entry, error) {
	if index < 0 || index >= Entries {
		return Entry{}, ErrIndex.With("%d", index)
	}
	if _, err := NumberOf(list); err != nil {
		return Entry{}, err
	}
	place := strconv.Itoa(index)
	return Entry{ID: list + "#" + place, Type: "BitstringStatusListEntry", Purpose: purpose, Index: place, List: list,
		Size: Size, Messages: messages(), Reference: reference}, nil
}

// NumberOf is the number of the list at an address: the last segment of its path up to the first dot, in decimal without
// leading zeros, from 0 to 999,999,999. So https://cert.example.cn/status/7 and …/status/7.jwt are lists number 7.
func NumberOf(list string) (int, error) {
	u, err := url.Parse(list)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return 0, ErrBuild.With("列表地址“%s”", list)
	}
	last, _, _ := strings.Cut(path.Base(u.Path), ".")
	n, err := strconv.Atoi(last)
	if err != nil || n < 0 || n > maxNumber || strconv.Itoa(n) != last {
		return 0, ErrBuild.With("列表地址“%s”没有列表编号", list)
	}
	return n, nil
}

const maxNumber = 999_999_999

// Pick chooses a place at random, evenly, so that a place says nothing about when a certificate was issued. The caller
// picks again when the place is taken. An error is the source's.
func Pick(rand io.Reader) (int, error) {
	var b [3]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return 0, fmt.Errorf("pick status index: %w", err)
	}
	return (int(b[0])<<16 | int(b[1])<<8 | int(b[2])) % Entries, nil // even, because Entries divides 1<<24
}
