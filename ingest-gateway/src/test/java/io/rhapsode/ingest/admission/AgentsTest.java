/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rhapsode.ingest.sink.Packets;
import io.rhapsode.ingest.source.Certificates;
import io.rhapsode.wire.hep.HepView;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentsTest {

    private static final Agents AGENTS = Agents.from(List.of()).only("""
                    agent.wide.networks = 10.0.0.0/8
                    agent.wide.site = everywhere
                    agent.narrow.networks = 10.1.0.0/16, 2001:db8::/32
                    agent.keyed.networks = 10.1.1.0/24
                    agent.keyed.key = open sesame
                    agent.roaming.key = from anywhere
                    """);

    private static Decision decide(Agents agents, String address, String key, X509Certificate certificate)
            throws UnknownHostException {
        var view = new HepView();
        view.take(Packets.keyed(key));
        return new Peer(agents, new InetSocketAddress(InetAddress.getByName(address), 5060), certificate).decide(view);
    }

    private static String agent(String address, String key) throws UnknownHostException {
        Decision decision = decide(AGENTS, address, key, null);
        return decision.refusal() == null ? decision.agent().name : "refused: " + decision.refusal();
    }

    @Test
    void mostExactingAgentTakesThePacket() throws Exception {
        assertThat(agent("10.2.3.4", null)).isEqualTo("wide");
        assertThat(agent("10.1.2.3", null)).isEqualTo("narrow");
        assertThat(agent("2001:db8::7", null)).isEqualTo("narrow");
        assertThat(agent("10.1.1.9", "open sesame")).isEqualTo("keyed");
        assertThat(agent("10.1.1.9", "open simsim")).isEqualTo("narrow");
        assertThat(agent("192.0.2.1", "from anywhere")).isEqualTo("roaming");
        assertThat(agent("::ffff:10.2.3.4", null)).isEqualTo("wide");
    }

    @Test
    void packetWithoutAKeyIsRefusedWhereOneIsNeeded() throws Exception {
        assertThat(agent("192.0.2.1", null)).isEqualTo("refused: auth-missing");
    }

    @Test
    void packetWithAWrongKeyIsRefused() throws Exception {
        for (String wrong : List.of("", "from anywher", "from anywhere ", "open sesame")) {
            assertThat(agent("192.0.2.1", wrong)).as(wrong).isEqualTo("refused: auth-wrong");
        }
    }

    @Test
    void addressOfNoAgentIsNotAllowed() throws Exception {
        var agents = Agents.from(List.of()).only("agent.a.networks=10.0.0.0/8");
        assertThat(agents.allows(InetAddress.getByName("10.9.9.9"))).isTrue();
        assertThat(agents.allows(InetAddress.getByName("11.0.0.1"))).isFalse();
    }

    @Test
    void addressOutsideTheNetworksOfAllIsNotAllowedWhateverAnAgentSays() throws Exception {
        var agents = Agents.from(List.of("192.0.2.0/25", "198.51.100.7"));
        assertThat(agents.allows(InetAddress.getByName("192.0.2.127"))).isTrue();
        assertThat(agents.allows(InetAddress.getByName("192.0.2.128"))).isFalse();
        assertThat(agents.allows(InetAddress.getByName("198.51.100.7"))).isTrue();
        assertThat(agents.only("agent.a.key=k").allows(InetAddress.getByName("198.51.100.8")))
                .isFalse();
        assertThat(decide(agents, "192.0.2.1", null, null)).isEqualTo(new Decision(null, null));
    }

    @Test
    void certificateIsToldByItsSubjectOrItsFingerprint(@TempDir Path folder) throws Exception {
        X509Certificate certificate =
                Certificates.make(folder, "a", "CN=sbc-1,O=Telco").x509();
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        String hex = HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
        for (String known : List.of("CN=sbc-1", "O=Telco,CN=sbc-1", "cn=SBC-1", hex, hex.replace(":", ""))) {
            var agents = Agents.from(List.of()).only("agent.a.certificate=" + known);
            assertThat(decide(agents, "192.0.2.1", null, certificate).agent())
                    .as(known)
                    .hasToString("a");
            assertThat(decide(agents, "192.0.2.1", null, null).refusal()).isEqualTo("certificate-missing");
        }
        for (String other :
                List.of("CN=sbc-2", "CN=sbc-1,O=Other", hex.replace(":", "").replaceAll("^..", "00"))) {
            var agents = Agents.from(List.of()).only("agent.a.certificate=" + other);
            assertThat(decide(agents, "192.0.2.1", null, certificate).refusal())
                    .as(other)
                    .isEqualTo("certificate-unknown");
        }
    }

    @Test
    void agentWithCertificateAndKeyNeedsBoth(@TempDir Path folder) throws Exception {
        X509Certificate certificate = Certificates.make(folder, "a", "CN=sbc-1").x509();
        var agents = Agents.from(List.of()).only("agent.a.certificate=CN=sbc-1\nagent.a.key=k");
        assertThat(decide(agents, "192.0.2.1", "k", certificate).agent()).hasToString("a");
        assertThat(decide(agents, "192.0.2.1", "l", certificate).refusal()).isEqualTo("auth-wrong");
        assertThat(decide(agents, "192.0.2.1", null, certificate).refusal()).isEqualTo("auth-missing");
        assertThat(decide(agents, "192.0.2.1", "k", null).refusal()).isEqualTo("auth-wrong");
    }

    @Test
    void everyMistakeIsToldAtOnceAndNoSecret() {
        var mistakes = catchThrowable(() -> Agents.from(List.of()).only("""
                agent.a.networks = 10.0.0.0/33, host.example, 1.2.3
                agent.b.kee = hunter2
                agent.c.site = dus
                agent.d.certificate = nonsense
                agent.e.key =
                hunter3
                agent.nameless
                """));
        assertThat(mistakes)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "agent.a.networks: no network: 10.0.0.0/33",
                        "agent.a.networks: no network: host.example",
                        "agent.a.networks: no network: 1.2.3",
                        "agent.b.kee: nothing an agent has",
                        "agent.c: has no networks, key or certificate",
                        "agent.d.certificate: neither",
                        "agent.e.key: is empty",
                        "2 lines are not of the form")
                .hasMessageNotContaining("hunter");
        assertThatThrownBy(() -> Agents.from(List.of("10.0.0.0/8", "x", "::/129")))
                .hasMessageContainingAll("no network: x", "no network: ::/129");
    }

    @Test
    void fileIsReadAgainWhenItChangesAndMistakesChangeNothing(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("agents"), "agent.a.key=1\n");
        var opened = AgentsFile.open(file.toString(), List.of());
        Agents first = opened.agents();
        opened.look();
        assertThat(opened.agents()).isSameAs(first);

        Files.writeString(file, "agent.a.key=1\nagent.b.key=22\n");
        opened.look();
        assertThat(opened.agents().size()).isEqualTo(2);

        Files.writeString(file, "agent.a.quay=333333\n");
        opened.look();
        assertThat(opened.agents().size()).isEqualTo(2);
        assertThat(opened.trouble().orElseThrow()).contains("agent.a.quay").doesNotContain("333");

        Files.delete(file);
        opened.look();
        assertThat(opened.trouble().orElseThrow()).contains("cannot read");
        assertThat(opened.agents().size()).isEqualTo(2);

        Files.writeString(file, "agent.a.key=1\n");
        opened.look();
        assertThat(opened.trouble()).isEmpty();
        assertThat(opened.agents().size()).isEqualTo(1);
    }

    @Test
    void fileWithMistakesOrWithoutContentsIsRefusedAtTheStart(@TempDir Path folder) {
        assertThatThrownBy(() -> AgentsFile.open(folder.resolve("absent").toString(), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("absent");
    }
}
