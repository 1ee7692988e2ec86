/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import io.rhapsode.wire.pcap.PcapWriter;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Messages, in the order in which they come, as a pcap file. */
final class CallPcap {

    private static final int UDP = 17;
    private static final Map<String, Integer> PROTOCOLS = Map.of("udp", UDP, "tcp", 6, "tls", 22, "sctp", 132);

    // Not closed with the file: the end of the stream belongs to who opened it.
    private final PcapWriter pcap;

    CallPcap(OutputStream out) throws IOException {
        pcap = new PcapWriter(out);
    }

    void write(List<Page.Hit> messages) throws IOException {
        for (Page.Hit message : messages) {
            write(message.document());
        }
    }

    private void write(JsonObject document) throws IOException {
        Instant at = Instant.parse(Documents.text(document, "@timestamp"));
        pcap.write(
                at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000,
                ipProtocol(document),
                address(document, "source.ip"),
                address(document, "destination.ip"),
                (int) Documents.number(document, "source.port", 0),
                (int) Documents.number(document, "destination.port", 0),
                payload(document));
    }

    /** The number of the protocol, as HEP senders have it. */
    static int ipProtocol(JsonObject document) {
        return PROTOCOLS.getOrDefault(Documents.text(document, "network.transport"), UDP);
    }

    /** The bytes as they came, also where they are no text. */
    static byte[] payload(JsonObject document) {
        String raw = Documents.text(document, "rhapsode.payload");
        return raw.isEmpty()
                ? Documents.text(document, "event.original").getBytes(StandardCharsets.UTF_8)
                : Base64.getDecoder().decode(raw);
    }

    /** 4 or 16 bytes, null if absent. */
    static byte[] address(JsonObject document, String field) {
        String text = Documents.text(document, field);
        try {
            // An address of the index, which takes no names: nothing is looked up.
            return text.isEmpty() ? null : InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("not an address: " + text, e);
        }
    }
}
