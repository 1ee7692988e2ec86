/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.pcap;

/**
 * One packet of a capture file.
 *
 * @param atNanos when it was captured, in nanoseconds since 1970-01-01 UTC; -1 if the file does not say
 * @param linkType what the bytes begin with: a LINKTYPE_ number of tcpdump.org, 1 is Ethernet
 * @param bytes what was captured
 * @param originalLength of the packet on the wire, more than there are bytes if the capture cut it
 */
public record CaptureRecord(long atNanos, int linkType, byte[] bytes, int originalLength) {}
