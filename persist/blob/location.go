package blob

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
)

// location is where blobs are on an S3-compatible store.
type location struct {
	bucket, prefix string // the prefix is "" or ends in a slash
	host           string // of the store, with a port if it has its own
	region         string // "" has the store be asked
	secure         bool
}

// scheme begins what names a bucket and no folder.
const scheme = "s3://"

var validBucket = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// parseLocation reads s3://bucket/prefix?endpoint=http://host:port&region=…. Without an endpoint it is Amazon's.
func parseLocation(where string) (location, error) {
	u, err := url.Parse(where)
	switch {
	case err != nil || u.Scheme+"://" != scheme:
		return location{}, errors.New("no URL of the form s3://bucket/prefix?endpoint=https://host&region=name")
	case u.User != nil:
		return location{}, errors.New("credentials do not belong into the URL, but into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	case !validBucket.MatchString(u.Host):
		return location{}, fmt.Errorf("%q is no name of a bucket", u.Host)
	}
	query := u.Query()
	for name := range query {
		if name != "endpoint" && name != "region" {
			return location{}, fmt.Errorf("an S3 URL takes endpoint and region, not %q", name)
		}
	}
	l := location{bucket: u.Host, host: "s3.amazonaws.com", secure: true, region: cmp.Or(query.Get("region"), os.Getenv("AWS_REGION"))}
	if l.prefix = strings.Trim(u.Path, "/"); l.prefix != "" {
		l.prefix += "/"
	}
	endpoint := query.Get("endpoint")
	if endpoint == "" {
		return l, nil
	}
	at, err := url.Parse(endpoint)
	if err != nil || at.Host == "" || strings.Trim(at.Path, "/") != "" || at.RawQuery != "" || (at.Scheme != "http" && at.Scheme != "https") {
		return location{}, fmt.Errorf("the endpoint %q is not of the form https://host:port", endpoint)
	}
	l.host, l.secure = at.Host, at.Scheme == "https"
	return l, nil
}

// key names a blob as the folders of [Dir] do, so that one can be made from the other by any tool that copies files.
func (l location) key(id string) string { return l.prefix + id[:2] + "/" + id }

// id is the blob of a key, and "" for a key of something else.
func (l location) id(key string) string {
	id := key[strings.LastIndexByte(key, '/')+1:]
	if !validID(id) || l.key(id) != key {
		return ""
	}
	return id
}
