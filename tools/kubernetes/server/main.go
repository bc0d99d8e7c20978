// The control plane of a Kubernetes cluster for tests: etcd, kube-apiserver and kube-controller-manager in one program,
// which runs the one that its first argument names, with the flags that follow.
package main

import (
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func main() {
	if len(os.Args) < 2 {
		fail("the first argument must be etcd, kube-apiserver or kube-controller-manager")
	}
	role := os.Args[1]
	os.Args = append([]string{role}, os.Args[2:]...)
	switch role {
	case "etcd":
		etcd()
	case "kube-apiserver":
		run(apiserver.NewAPIServerCommand())
	case "kube-controller-manager":
		run(controllermanager.NewControllerManagerCommand())
	default:
		fail(fmt.Sprintf("there is no %q", role))
	}
}

func run(command *cobra.Command) {
	os.Exit(cli.Run(command))
}

// etcd takes a data directory and the addresses for clients and for peers.
func etcd() {
	if len(os.Args) != 4 {
		fail("etcd needs DIRECTORY CLIENT_URL PEER_URL")
	}
	config := embed.NewConfig()
	config.Dir = os.Args[1]
	config.ListenClientUrls = []url.URL{parse(os.Args[2])}
	config.AdvertiseClientUrls = config.ListenClientUrls
	config.ListenPeerUrls = []url.URL{parse(os.Args[3])}
	config.AdvertisePeerUrls = config.ListenPeerUrls
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	config.LogLevel = "error"
	// What is in it lives as long as the test.
	config.UnsafeNoFsync = true

	server, err := embed.StartEtcd(config)
	if err != nil {
		fail(err.Error())
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	select {
	case <-stop:
		server.Close()
	case err := <-server.Err():
		fail(err.Error())
	}
}

func parse(text string) url.URL {
	parsed, err := url.Parse(text)
	if err != nil {
		fail(err.Error())
	}
	return *parsed
}

func fail(reason string) {
	fmt.Fprintln(os.Stderr, reason)
	os.Exit(1)
}
