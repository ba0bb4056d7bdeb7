package keys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// deviceFile, in the key directory, makes new keys in a PKCS#11 token:
//
//	{"module": "/usr/lib/softhsm/libsofthsm2.so", "token": "skillcert", "label": "skillcert", "pin_env": "SKILLCERT_PIN"}
//
// Keys are labelled LABEL/NAME/SERIAL. The PIN comes from the environment (pin_env) or a file for the owner alone
// (pin_file); it is never written here.
const deviceFile = "pkcs11.json"

type deviceSettings struct {
	Module  string `json:"module"`
	Token   string `json:"token"`
	Label   string `json:"label"`
	PINEnv  string `json:"pin_env"`
	PINFile string `json:"pin_file"`
}

// openDevice opens the token that the directory names, nil when it names none.
func openDevice(dir string, getenv func(string) string) (*device, error) {
	content, err := os.ReadFile(filepath.Join(dir, deviceFile))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", deviceFile, err)
	}
	var s deviceSettings
	d := json.NewDecoder(bytes.NewReader(content))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil || s.Module == "" || s.Token == "" || s.Label == "" || (s.PINEnv == "") == (s.PINFile == "") {
		return nil, ErrDevice.With("%s 的内容不正确", deviceFile)
	}
	pin, err := s.pin(dir, getenv)
	if err != nil {
		return nil, err
	}
	return connect(s, pin)
}

// pin reads the PIN; a relative file lies in the key directory.
func (s deviceSettings) pin(dir string, getenv func(string) string) (string, error) {
	if s.PINEnv != "" {
		if pin := getenv(s.PINEnv); pin != "" {
			return pin, nil
		}
		return "", ErrDevice.With("环境变量 %s 没有设置", s.PINEnv)
	}
	path := s.PINFile
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	content, err := readSecret(path)
	if err != nil {
		return "", err
	}
	return strings.TrimRight(string(content), "\r\n"), nil
}
