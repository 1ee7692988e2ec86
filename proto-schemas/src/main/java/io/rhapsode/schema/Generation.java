/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

/**
 * Which reading of rhapsode.raw something is of. The first is the one that always ran. A later one computes everything
 * anew beside it, with a newer program: under names of its own, that end in {@code -v2} for the second one.
 *
 * @param number from 1 to {@value #MOST}
 */
public record Generation(int number) {

    /** The names without an ending. */
    public static final Generation FIRST = new Generation(1);

    public static final int MOST = 999;

    /** Far above what a call's revision is made of, microseconds since 1970. */
    private static final long REVISIONS = 1L << 53;

    public Generation {
        if (number < 1 || number > MOST) {
            throw new IllegalArgumentException("generation " + number + " is not 1 to " + MOST);
        }
    }

    /** The name of a topic, an application, a consumer group or a stage in this generation: "rhapsode-stream-v2". */
    public String of(String name) {
        return number == 1 ? name : name + "-v" + number;
    }

    /** The topic's name: "rhapsode.calls.v1-v2" in the second one. What gateways write is of no generation. */
    public String topic(Topic topic) {
        return Topic.ofGenerations().contains(topic) ? of(topic.topicName()) : topic.topicName();
    }

    /** The name of the same values as JSON: "rhapsode.calls.v1-v2.json". */
    public String jsonTopic(Topic topic) {
        return topic(topic) + ".json";
    }

    /** Where revisions begin, so that a record of a later generation is newer than any of an earlier one. */
    public long firstRevision() {
        return (number - 1) * REVISIONS;
    }
}
