/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Within v1 the schema only grows. With {@code -Dschema.release=true} the schema as it is becomes the released one. */
class ReleasedSchemaTest {

    private static final Path RELEASED = Path.of("src/test/resources/released-v1.txt");
    private static final List<String> SMALL = List.of(
            "t.Call.id 1 string", "t.Call.hosts 2 repeated string", "t.State.OPEN 1 value", "topic t.calls t.Call");

    @Test
    void whatWasReleasedIsStillThere() throws IOException {
        List<String> now = SchemaText.ofTopics();
        List<String> released = Files.readAllLines(RELEASED);
        assertThat(released).isNotEmpty();
        assertThat(SchemaText.broken(released, now)).isEmpty();
        if (Boolean.getBoolean("schema.release")) {
            Files.write(RELEASED, now);
        }
    }

    /** Else a broken reading of the schema would find nothing broken. */
    @Test
    void everyTopicAndEveryKindOfFieldIsRead() {
        assertThat(SchemaText.ofTopics())
                .contains(
                        "topic rhapsode.raw.v1 rhapsode.v1.RawPacket",
                        "rhapsode.v1.Call.call_id 1 string",
                        "rhapsode.v1.Call.ring_ms 19 optional int64",
                        "rhapsode.v1.Call.hosts 22 repeated string",
                        "rhapsode.v1.CallState.RINGING 2 value",
                        "rhapsode.v1.Sdp.Role.ANSWER 2 value",
                        "rhapsode.v1.SipMessage.RAck.rseq 1 uint32",
                        "rhapsode.v1.IngestStats.refused 8 map<string, int64>",
                        "rhapsode.v1.SipMessage.packet 1 rhapsode.v1.RawPacket")
                .hasSizeGreaterThan(300);
    }

    @Test
    void whatIsAddedBreaksNothing() {
        var more = new ArrayList<>(SMALL);
        more.addAll(List.of("t.Call.new 3 string", "t.Other.id 1 string", "t.State.SHUT 2 value", "topic t.o t.Other"));
        assertThat(SchemaText.broken(SMALL, more)).isEmpty();
    }

    @Test
    void aFieldThatIsGone() {
        assertThat(broken("t.Call.id 1 string", null))
                .containsExactly("t.Call.id (1 string) is of the released schema and may not go");
    }

    @Test
    void aFieldWithAnotherNumber() {
        assertThat(broken("t.Call.id 1 string", "t.Call.id 9 string"))
                .containsExactly("t.Call.id was 1 string in the released schema and is 9 string: give it back, and add"
                        + " another beside it");
    }

    @Test
    void aFieldOfAnotherType() {
        assertThat(broken("t.Call.id 1 string", "t.Call.id 1 bytes"))
                .singleElement()
                .asString()
                .contains("was 1 string", "is 1 bytes");
    }

    @Test
    void aFieldWithAnotherLabel() {
        assertThat(broken("t.Call.hosts 2 repeated string", "t.Call.hosts 2 string"))
                .singleElement()
                .asString()
                .contains("was 2 repeated string", "is 2 string");
        assertThat(broken("t.Call.id 1 string", "t.Call.id 1 optional string")).hasSize(1);
    }

    @Test
    void aNumberThatIsUsedAgain() {
        assertThat(broken("t.Call.id 1 string", "t.Call.name 1 string"))
                .containsExactly("t.Call.id (1 string) is of the released schema, but its number is t.Call.name now: a"
                        + " new field takes a new number");
    }

    @Test
    void anEnumValueThatIsGoneOrHasAnotherNumber() {
        assertThat(broken("t.State.OPEN 1 value", null)).hasSize(1);
        assertThat(broken("t.State.OPEN 1 value", "t.State.OPEN 2 value")).hasSize(1);
    }

    @Test
    void aTopicThatIsGoneOrCarriesSomethingElse() {
        assertThat(broken("topic t.calls t.Call", null)).hasSize(1);
        assertThat(broken("topic t.calls t.Call", "topic t.calls t.Other"))
                .singleElement()
                .asString()
                .contains("topic t.calls was t.Call");
    }

    private static List<String> broken(String line, String replaced) {
        var changed = new ArrayList<>(SMALL);
        assertThat(changed.remove(line)).isTrue();
        if (replaced != null) {
            changed.add(replaced);
        }
        return SchemaText.broken(SMALL, changed);
    }
}
