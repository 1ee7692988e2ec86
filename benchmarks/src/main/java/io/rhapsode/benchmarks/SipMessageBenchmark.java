/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.wire.sip.SipMessage;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Every field of the message contract, read from one INVITE, on one thread. */
@State(Scope.Thread)
public class SipMessageBenchmark {
    private final byte[] message = SampleSip.invite();

    @Benchmark
    public void everyContractField(Blackhole sink) {
        SipMessage sip = SipMessage.of(message, 0, message.length);
        sink.consume(sip.method());
        sink.consume(sip.requestUri());
        sink.consume(sip.statusCode());
        sink.consume(sip.reasonPhrase());
        sink.consume(sip.callId());
        sink.consume(sip.cseqNumber());
        sink.consume(sip.cseqMethod());
        sink.consume(sip.from());
        sink.consume(sip.to());
        sink.consume(sip.contacts());
        sink.consume(sip.vias());
        sink.consume(sip.assertedIdentities());
        sink.consume(sip.userAgent());
        sink.consume(sip.contentType());
        sink.consume(sip.contentLength());
        sink.consume(sip.maxForwards());
        sink.consume(sip.expires());
        sink.consume(sip.extensions().authorization());
        sink.consume(sip.extensions().reasons());
        sink.consume(sip.extensions().diversions());
        sink.consume(sip.bodyLength());
        sink.consume(sip.defects());
    }
}
