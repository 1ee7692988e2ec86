/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.Tally;
import io.rhapsode.ingest.admission.Agents;
import io.rhapsode.ingest.sink.FakeKafka;
import io.rhapsode.ingest.sink.Packets;
import io.rhapsode.schema.DeadLetter;
import io.rhapsode.wire.hep.HepEncoder;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

class IntakeTest {

    private static final InetSocketAddress SENDER = new InetSocketAddress("127.0.0.9", 40_000);
    private static final long NOW = Packets.AT + 1_000_000;

    private final FakeKafka kafka = new FakeKafka(true, 3);
    private final Account account = new Account(100, count -> {});
    private final Intake intake = new Intake(account, kafka.sink, () -> NOW);

    private void receive(byte[] datagram) {
        intake.datagram(datagram, datagram.length, SENDER);
    }

    private String key(int index) {
        byte[] key = kafka.rawRecords().get(index).key();
        return key == null ? null : new String(key, UTF_8);
    }

    @Test
    void packetGoesOutAsItCameIn() {
        receive(Packets.hep(Packets.invite("a84b4c76e66710")));

        var raw = kafka.raw().get(0);
        assertThat(raw.getPayload().toStringUtf8()).isEqualTo(Packets.invite("a84b4c76e66710"));
        assertThat(raw.getCapturedAtUs()).isEqualTo(Packets.AT);
        assertThat(raw.getReceivedAtUs()).isEqualTo(NOW);
        assertThat(raw.getSource()).isEqualTo("hep3");
        assertThat(raw.getSender()).isEqualTo("127.0.0.9:40000");
        assertThat(kafka.rawRecords().get(0).topic()).isEqualTo("rhapsode.raw.v1");
        assertThat(kafka.rawRecords().get(0).timestamp()).isEqualTo(NOW / 1_000);
    }

    @Test
    void keyIsTheCallIdLongOrCompactThenTheCorrelationIdThenNone() {
        receive(Packets.hep(Packets.invite("long@host")));
        receive(Packets.hep("SIP/2.0 200 OK\r\ni: compact@host\r\n\r\n"));
        receive(Packets.hep("OPTIONS sip:x SIP/2.0\r\n\r\n", "n", 1, "correlated", Packets.AT));
        receive(Packets.hep("OPTIONS sip:x SIP/2.0\r\n\r\n"));

        assertThat(key(0)).isEqualTo("long@host");
        assertThat(key(1)).isEqualTo("compact@host");
        assertThat(key(2)).isEqualTo("correlated");
        assertThat(key(3)).isNull();
    }

    @Test
    void rtcpWithALineThatLooksLikeACallIdIsKeyedByItsCorrelationId() {
        byte[] json = "{\r\nCall-ID: wrong\r\n".getBytes(UTF_8);

        receive(HepEncoder.encode(Packets.packet(5, json, "n", 1, "right", Packets.AT, 0)));

        assertThat(key(0)).isEqualTo("right");
    }

    @Test
    void captureNodeIsTheNameThenTheAgentIdThenTheSender() {
        receive(Packets.hep(Packets.invite("1"), "edge-7", 2001, null, Packets.AT));
        receive(Packets.hep(Packets.invite("2"), null, 2001, null, Packets.AT));
        receive(Packets.hep(Packets.invite("3"), " ", 4_294_967_295L, null, Packets.AT));
        receive(Packets.hep(Packets.invite("4"), null, 0, null, Packets.AT));
        receive(Packets.hep(Packets.invite("5"), null, -1, null, Packets.AT));

        assertThat(kafka.raw())
                .extracting(raw -> raw.getCaptureNode())
                .containsExactly("edge-7", "2001", "4294967295", "127.0.0.9", "127.0.0.9");
    }

    @Test
    void nodeNameOfManyLettersIsCutAndNotWithinAPairOfSurrogates() {
        String name = "n".repeat(Intake.LONGEST_NODE - 1) + "🏔".repeat(1_000);

        receive(Packets.hep(Packets.invite("1"), name, 1, null, Packets.AT));

        assertThat(kafka.raw().get(0).getCaptureNode()).isEqualTo("n".repeat(Intake.LONGEST_NODE - 1));
    }

    @Test
    void timesOf1970And2100PassOn() {
        receive(Packets.hep(Packets.invite("1"), "n", 1, null, 1));
        receive(Packets.hep(Packets.invite("2"), "n", 1, null, 4_102_444_800_000_000L));

        assertThat(kafka.raw()).extracting(raw -> raw.getCapturedAtUs()).containsExactly(1L, 4_102_444_800_000_000L);
        assertThat(kafka.rawRecords()).allMatch(record -> record.timestamp() == NOW / 1_000);
    }

    @Test
    void malformedDatagramsAreCountedByReasonAndStoredWithTheirBytes() {
        byte[] wrongLength = Packets.hep(Packets.invite("1"));
        wrongLength[5]++;
        byte[] chunkOfLengthZero = Packets.hep(Packets.invite("2"));
        chunkOfLengthZero[10] = 0;
        chunkOfLengthZero[11] = 0;
        byte[] noPayload = HepEncoder.encode(Packets.packet(1, new byte[0], "n", 1, null, Packets.AT, 0));

        receive("INVITE sip:plain SIP/2.0\r\n\r\n".getBytes(UTF_8));
        receive(wrongLength);
        receive(chunkOfLengthZero);

        assertThat(kafka.deadLetters())
                .extracting(DeadLetter::getReason)
                .containsExactly("not-hep", "hep-bad-length", "hep-bad-chunk");
        DeadLetter second = kafka.deadLetters().get(1);
        assertThat(second.getValue().toByteArray()).isEqualTo(wrongLength);
        assertThat(second.getStage()).isEqualTo("ingest-gateway");
        assertThat(second.getSender()).isEqualTo("127.0.0.9:40000");
        assertThat(second.getAtUs()).isEqualTo(NOW);
        assertThat(kafka.raw()).isEmpty();

        receive(noPayload);
        receive(new byte[0]);
        account.publish(kafka.sink, 100, NOW);
        assertThat(kafka.counts())
                .containsEntry("127.0.0.9 received", 5L)
                .containsEntry("127.0.0.9 rejected not-hep", 2L)
                .containsEntry("127.0.0.9 rejected hep-no-payload", 1L);
    }

    @Test
    void deadLettersOverTheRateAreCountedNotStored() {
        for (int i = 0; i < 10; i++) {
            receive(new byte[] {1, 2, 3});
        }

        account.publish(kafka.sink, 100, NOW);
        assertThat(kafka.deadLetters()).hasSize(3);
        assertThat(kafka.counts())
                .containsEntry("127.0.0.9 rejected hep-unknown-family", 10L)
                .containsEntry("127.0.0.9 not-stored over-rate", 7L);
    }

    @Test
    void bytesAfterTheDatagramInTheBufferAreNotLookedAt() {
        byte[] datagram = Packets.hep(Packets.invite("1"));
        byte[] buffer = Arrays.copyOf(datagram, 65_535);
        Arrays.fill(buffer, datagram.length, buffer.length, (byte) 'x');

        intake.datagram(buffer, datagram.length, SENDER);

        assertThat(kafka.raw().get(0).getPayload().toStringUtf8()).isEqualTo(Packets.invite("1"));
    }

    private void receive(Agents agents, String key) {
        byte[] datagram = HepEncoder.encode(Packets.keyed(key));
        new Intake(account, kafka.sink, () -> agents, "site of all", () -> NOW)
                .datagram(datagram, datagram.length, SENDER);
    }

    private void assertRefused(String reason) {
        account.publish(kafka.sink, 100, NOW);
        assertThat(kafka.counts()).containsEntry("127.0.0.9 rejected " + reason, 1L);
        assertThat(kafka.deadLetters()).extracting(DeadLetter::getReason).containsExactly(reason);
        assertThat(kafka.raw()).isEmpty();
    }

    @Test
    void packetWithoutTheKeyIsRefused() {
        receive(Agents.from(List.of()).only("agent.a.key=sesame"), null);
        assertRefused("auth-missing");
    }

    @Test
    void packetWithAWrongKeyIsRefusedAndTheKeyIsNotStored() {
        receive(Agents.from(List.of()).only("agent.a.key=sesame"), "secret");
        assertRefused("auth-wrong");
        byte[] stored = kafka.deadLetters().get(0).getValue().toByteArray();
        assertThat(stored).isEqualTo(HepEncoder.encode(Packets.keyed("\0".repeat(6))));
    }

    @Test
    void packetFromAnotherNetworkIsRefused() {
        receive(Agents.from(List.of("10.0.0.0/8")), null);
        assertRefused("network-not-allowed");
    }

    @Test
    void packetWithoutTheCertificateIsRefused() {
        receive(Agents.from(List.of()).only("agent.a.certificate=CN=a"), null);
        assertRefused("certificate-missing");
    }

    @Test
    void namesComeFromTheConfigurationNotFromThePacket() {
        receive(Agents.from(List.of()).only("agent.sbc-dus-1.key=k\nagent.sbc-dus-1.site=dus"), "k");
        receive(Agents.from(List.of()).only("agent.sbc-2.networks=127.0.0.0/8"), null);
        receive(Agents.ANYBODY, null);
        assertThat(kafka.raw())
                .extracting(raw -> raw.getCaptureNode() + " of " + raw.getSite())
                .containsExactly("sbc-dus-1 of dus", "sbc-2 of site of all", "edge-1 of site of all");
    }

    @Test
    void agentsAreFollowedWithoutARestart() {
        var now = new AtomicReference<>(Agents.from(List.of()).only("agent.a.key=1"));
        var following = new Intake(account, kafka.sink, now::get, "", () -> NOW);
        byte[] datagram = HepEncoder.encode(Packets.keyed("2"));
        following.datagram(datagram.clone(), datagram.length, SENDER);
        now.set(Agents.from(List.of()).only("agent.b.key=2"));
        following.datagram(datagram.clone(), datagram.length, SENDER);
        now.set(Agents.from(List.of()).only("agent.c.key=2"));
        following.datagram(datagram.clone(), datagram.length, SENDER);
        assertThat(kafka.deadLetters()).extracting(DeadLetter::getReason).containsExactly("auth-wrong");
        assertThat(kafka.raw()).extracting(raw -> raw.getCaptureNode()).containsExactly("b", "c");
    }

    @Test
    void manyNodesBehindOneSenderKeepTheirNames() {
        for (int round = 0; round < 3; round++) {
            for (int node = 0; node < 20; node++) {
                receive(Packets.hep(Packets.invite("1"), "node-" + node, 1, null, Packets.AT));
            }
        }
        account.publish(kafka.sink, 1_000, NOW);
        for (int node = 0; node < 20; node++) {
            assertThat(kafka.counts()).containsEntry("node-" + node + " received", 3L);
        }
    }

    @Test
    void everyFateOfAPacketIsCountedAndTheAccountAddsUp() {
        var slow = new FakeKafka(false, 100);
        var intakeOfSlow = new Intake(account, slow.sink, () -> NOW);
        byte[] good = Packets.hep(Packets.invite("1"));
        for (int i = 0; i < 6; i++) {
            intakeOfSlow.datagram(good, good.length, SENDER);
        }
        intakeOfSlow.datagram(good, 7, SENDER);
        slow.packets.completeNext();
        slow.packets.completeNext();
        slow.packets.errorNext(new BufferExhaustedException("full"));
        slow.packets.errorNext(new KafkaException("broken"));
        slow.packets.sendException = new IllegalStateException("closed");
        intakeOfSlow.datagram(good, good.length, SENDER);

        Tally total = account.total();
        assertThat(total.received.value()).isEqualTo(8);
        assertThat(total.total("rejected")).isEqualTo(1);
        assertThat(total.sent.value()).isEqualTo(2);
        assertThat(total.of("failed", "buffer-full").value()).isEqualTo(1);
        assertThat(total.of("failed", "kafka-error").value()).isEqualTo(2);
        assertThat(total.inFlight()).isEqualTo(2);
    }

    @Test
    void anyThreeBytesChangedIsAPacketOrARejectionAndNothingElse() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        byte[] good = Packets.hep(Packets.invite("1"));
        for (int i = 0; i < 20_000; i++) {
            byte[] mutant = good.clone();
            for (int change = 0; change < 3; change++) {
                mutant[random.nextInt(mutant.length)] = (byte) random.nextInt();
            }
            receive(mutant);
        }

        Tally total = account.total();
        assertThat(total.sent.value() + total.total("rejected"))
                .as("seed %d", seed)
                .isEqualTo(20_000);
        assertThat(total.of("rejected", "internal-error").value())
                .as("seed %d", seed)
                .isZero();
        assertThat(total.sent.value()).isPositive();
        assertThat(total.total("rejected")).isPositive();
    }
}
