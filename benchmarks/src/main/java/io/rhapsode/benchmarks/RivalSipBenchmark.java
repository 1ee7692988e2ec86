/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.pkts.buffer.Buffers;
import io.pkts.packet.sip.SipMessage;
import io.pkts.packet.sip.address.SipURI;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** The same INVITE read with pkts-sip, fewer fields: what it has getters for. */
@State(Scope.Thread)
public class RivalSipBenchmark {
    private final byte[] message = SampleSip.invite();

    @Benchmark
    public void pkts(Blackhole sink) throws IOException {
        SipMessage sip = SipMessage.frame(Buffers.wrap(message.clone()));
        sink.consume(sip.getMethod().toString());
        sink.consume(((SipURI) sip.toRequest().getRequestUri()).getHost().toString());
        sink.consume(sip.getCallIDHeader().getCallId().toString());
        sink.consume(sip.getCSeqHeader().getSeqNumber());
        sink.consume(sip.getFromHeader().getTag().toString());
        sink.consume(
                ((SipURI) sip.getFromHeader().getAddress().getURI()).getUser().toString());
        sink.consume(
                ((SipURI) sip.getToHeader().getAddress().getURI()).getUser().toString());
        sink.consume(sip.getContactHeader().getAddress().getURI());
        sink.consume(sip.getViaHeader().getBranch().toString());
        sink.consume(sip.getMaxForwards().getMaxForwards());
    }
}
