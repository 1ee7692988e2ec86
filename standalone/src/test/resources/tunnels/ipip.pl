# SPDX-License-Identifier: Apache-2.0
# IP in IP (RFC 2003) between a TUN device and a peer: ipip.pl DEVICE LOCAL REMOTE. The kernel makes the outer header, and
# the fragments of what is too long for its interface.
use strict;
use warnings;
use Fcntl;
use Socket;

my ($device, $local, $remote) = @ARGV;
use constant { TUNSETIFF => 0x400454ca, IFF_TUN_NO_PI => 0x1001, IPIP => 4, IP_MTU_DISCOVER => 10 };

sysopen(my $tun, '/dev/net/tun', O_RDWR) or die "tun: $!";
ioctl($tun, TUNSETIFF, pack('Z16 s x22', $device, IFF_TUN_NO_PI)) or die "TUNSETIFF: $!";
socket(my $peer, PF_INET, SOCK_RAW, IPIP) or die "socket: $!";
setsockopt($peer, 0, IP_MTU_DISCOVER, pack('i', 0)) or die "IP_MTU_DISCOVER: $!";
bind($peer, pack_sockaddr_in(0, inet_aton($local))) or die "bind: $!";
my $to = pack_sockaddr_in(0, inet_aton($remote));

while (1) {
    my $ready = '';
    vec($ready, fileno($tun), 1) = 1;
    vec($ready, fileno($peer), 1) = 1;
    select($ready, undef, undef, undef);
    if (vec($ready, fileno($tun), 1)) {
        sysread($tun, my $packet, 65535) // die "read: $!";
        send($peer, $packet, 0, $to);
    }
    if (vec($ready, fileno($peer), 1)) {
        recv($peer, my $packet, 65535, 0);
        syswrite($tun, substr($packet, 4 * (ord($packet) & 15)));
    }
}
