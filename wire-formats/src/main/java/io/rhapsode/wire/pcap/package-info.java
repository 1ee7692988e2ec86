/* SPDX-License-Identifier: Apache-2.0 */
/** Capture files: pcap and pcapng in, pcap out. */
package io.rhapsode.wire.pcap;
