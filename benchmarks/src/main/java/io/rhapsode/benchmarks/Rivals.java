/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import gov.nist.javax.sip.header.Via;
import gov.nist.javax.sip.header.ViaList;
import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import gov.nist.javax.sip.parser.StringMsgParser;
import io.pkts.buffer.Buffers;
import io.pkts.packet.sip.SipMessage;
import io.pkts.packet.sip.address.SipURI;
import io.pkts.packet.sip.address.URI;
import io.pkts.packet.sip.header.SipHeader;
import io.pkts.packet.sip.header.ViaHeader;
import java.io.IOException;
import java.text.ParseException;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The same messages read by others: of our fields those they have getters for. Neither of them reads the session
 * description here, nor looks for defects, which is to their advantage.
 */
final class Rivals {
    private Rivals() {}

    /** pkts-sip, which like ours reads a field when it is asked for. */
    static void pkts(byte[] message, Blackhole sink) throws IOException {
        SipMessage sip = SipMessage.frame(Buffers.wrap(message.clone()));
        if (sip.isRequest()) {
            sink.consume(sip.getMethod().toString());
            uri(sip.toRequest().getRequestUri(), sink);
        } else {
            sink.consume(sip.toResponse().getStatus());
            sink.consume(String.valueOf(sip.toResponse().getReasonPhrase()));
        }
        sink.consume(sip.getCallIDHeader().getCallId().toString());
        sink.consume(sip.getCSeqHeader().getSeqNumber());
        sink.consume(sip.getCSeqHeader().getMethod().toString());
        sink.consume(String.valueOf(sip.getFromHeader().getTag()));
        sink.consume(String.valueOf(sip.getFromHeader().getAddress().getDisplayName()));
        uri(sip.getFromHeader().getAddress().getURI(), sink);
        sink.consume(String.valueOf(sip.getToHeader().getTag()));
        sink.consume(String.valueOf(sip.getToHeader().getAddress().getDisplayName()));
        uri(sip.getToHeader().getAddress().getURI(), sink);
        if (sip.getContactHeader() != null) {
            uri(sip.getContactHeader().getAddress().getURI(), sink);
        }
        for (ViaHeader via : sip.getViaHeaders()) {
            sink.consume(String.valueOf(via.getBranch()));
            sink.consume(String.valueOf(via.getHost()));
            sink.consume(via.getPort());
            sink.consume(String.valueOf(via.getReceived()));
        }
        if (sip.getMaxForwards() != null) {
            sink.consume(sip.getMaxForwards().getMaxForwards());
        }
        if (sip.getContentTypeHeader() != null) {
            sink.consume(sip.getContentTypeHeader().getValue().toString());
        }
        sink.consume(sip.getContentLength());
        for (String name : TEXTS) {
            SipHeader header = sip.getHeader(name).orElse(null);
            sink.consume(header == null ? "" : String.valueOf(header.getValue()));
        }
    }

    private static final String[] TEXTS = {"User-Agent", "Server", "Expires", "P-Asserted-Identity", "Reason"};

    private static void uri(URI uri, Blackhole sink) {
        if (uri instanceof SipURI sip) {
            sink.consume(String.valueOf(sip.getUser()));
            sink.consume(String.valueOf(sip.getHost()));
            sink.consume(sip.getPort());
        }
    }

    /** jain-sip-ri, which reads all of the message at once. */
    static void jain(StringMsgParser parser, byte[] message, Blackhole sink) throws ParseException {
        SIPMessage sip = parser.parseSIPMessage(message, true, false, null);
        if (sip instanceof SIPRequest request) {
            sink.consume(request.getMethod());
            uri(request.getRequestURI(), sink);
        } else if (sip instanceof SIPResponse response) {
            sink.consume(response.getStatusCode());
            sink.consume(response.getReasonPhrase());
        }
        sink.consume(sip.getCallId().getCallId());
        sink.consume(sip.getCSeq().getSeqNumber());
        sink.consume(sip.getCSeq().getMethod());
        sink.consume(sip.getFromHeader().getTag());
        sink.consume(sip.getFrom().getAddress().getDisplayName());
        uri(sip.getFrom().getAddress().getURI(), sink);
        sink.consume(sip.getToHeader().getTag());
        sink.consume(sip.getTo().getAddress().getDisplayName());
        uri(sip.getTo().getAddress().getURI(), sink);
        if (sip.getContactHeader() != null) {
            uri(sip.getContactHeader().getAddress().getURI(), sink);
        }
        ViaList vias = sip.getViaHeaders();
        for (Via via : vias) {
            sink.consume(via.getBranch());
            sink.consume(via.getHost());
            sink.consume(via.getPort());
            sink.consume(via.getReceived());
        }
        sink.consume(sip.getMaxForwards());
        sink.consume(sip.getContentTypeHeader());
        sink.consume(sip.getContentLength());
        for (String name : TEXTS) {
            sink.consume(sip.getHeader(name));
        }
    }

    private static void uri(javax.sip.address.URI uri, Blackhole sink) {
        if (uri instanceof javax.sip.address.SipURI sip) {
            sink.consume(sip.getUser());
            sink.consume(sip.getHost());
            sink.consume(sip.getPort());
        }
    }
}
