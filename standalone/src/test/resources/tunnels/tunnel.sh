#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two sites, each a network namespace, and a tunnel between them that goes over a bridge of this machine:
#   tunnel.sh can KIND       exits with 0 if this machine can make such a tunnel
#   tunnel.sh up KIND ID     makes it; frames between the sites pass the interface IDp
#   tunnel.sh down ID        removes everything again
# Site IDa has the inner address 10.98.0.1, site IDb 10.98.0.2. KIND is one of
#   ipip       the kernel's ipip device: IPv4 in IPv4, inner and outer fragments
#   raw        a TUN device and a raw socket of IP protocol 4: the same on kernels without that device
#   ip6        the kernel's reduced segment routing (RFC 8986): IPv4 in IPv6, without fragments
set -eu

here=$(dirname "$0")

sites() {
    ip link add "$1br" type bridge
    ip link set "$1br" up
    for site in a b; do
        ip netns add "$1$site"
        ip -n "$1$site" link set lo up
        port=$1p
        [ $site = a ] || port=$1q
        ip link add "$port" type veth peer name out netns "$1$site"
        ip link set "$port" mtu "$2" master "$1br" up
        ip -n "$1$site" link set out mtu "$2" up
    done
    ip -n "$1a" address add 172.31.98.1/24 dev out
    ip -n "$1b" address add 172.31.98.2/24 dev out
}

inner() {
    ip -n "$1a" link set tun mtu 480 up
    ip -n "$1b" link set tun mtu 480 up
    ip -n "$1a" address add 10.98.0.1/24 dev tun
    ip -n "$1b" address add 10.98.0.2/24 dev tun
}

up_ipip() {
    sites "$1" 400
    # nopmtudisc: outer packets may be cut into fragments.
    ip -n "$1a" link add tun type ipip local 172.31.98.1 remote 172.31.98.2 ttl 64 nopmtudisc
    ip -n "$1b" link add tun type ipip local 172.31.98.2 remote 172.31.98.1 ttl 64 nopmtudisc
    inner "$1"
}

up_raw() {
    sites "$1" 400
    ip -n "$1a" tuntap add dev tun mode tun
    ip -n "$1b" tuntap add dev tun mode tun
    ip netns exec "$1a" perl "$here/ipip.pl" tun 172.31.98.1 172.31.98.2 >/dev/null 2>&1 &
    ip netns exec "$1b" perl "$here/ipip.pl" tun 172.31.98.2 172.31.98.1 >/dev/null 2>&1 &
    inner "$1"
}

up_ip6() {
    sites "$1" 1500
    for site in a b; do
        for name in all out; do
            echo 1 | ip netns exec "$1$site" tee "/proc/sys/net/ipv6/conf/$name/seg6_enabled" >/dev/null
            echo 1 | ip netns exec "$1$site" tee "/proc/sys/net/ipv6/conf/$name/forwarding" >/dev/null
        done
        echo 1 | ip netns exec "$1$site" tee /proc/sys/net/ipv4/ip_forward >/dev/null
    done
    way "$1a" fd98::a 10.98.0.1 fd98::b 10.98.0.2
    way "$1b" fd98::b 10.98.0.2 fd98::a 10.98.0.1
}

# In site $1 with addresses $2 and $3: the way to $5 behind $4, and what comes back.
way() {
    ip -n "$1" address add "$2/64" dev out nodad
    ip -n "$1" address add "$3/32" dev lo
    ip -n "$1" -6 route add "fd99:${4##*:}::1/128" via "$4"
    ip -n "$1" route add "$5/32" encap seg6 mode encap.red segs "fd99:${4##*:}::1" dev out src "$3"
    ip -n "$1" -6 route add "fd99:${2##*:}::1/128" encap seg6local action End.DX4 nh4 "$3" dev out
}

down() {
    for site in a b; do
        for pid in $(ip netns pids "$1$site" 2>/dev/null || true); do
            kill "$pid" 2>/dev/null || true
        done
        ip netns delete "$1$site" 2>/dev/null || true
    done
    for link in "$1p" "$1q" "$1br"; do
        ip link delete "$link" 2>/dev/null || true
    done
}

case $1 in
    can)
        [ "$(id -u)" = 0 ]
        [ "$2" != raw ] || { [ -c /dev/net/tun ] && command -v perl >/dev/null; }
        id=rc$$
        trap 'down $id' EXIT
        "up_$2" "$id" >/dev/null 2>&1
        ;;
    up) "up_$2" "$3" ;;
    down) down "$2" ;;
esac
