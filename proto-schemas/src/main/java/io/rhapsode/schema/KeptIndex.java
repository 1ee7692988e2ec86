/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

/**
 * What people put down, beside what was captured: one index each, which is never deleted by age, with a template in
 * {@code resources/elasticsearch}. A document that was written once is there until somebody takes it out.
 */
public enum KeptIndex {

    /** One document a search that was given a name; the name is its id. */
    SEARCHES("rhapsode-searches", 1),

    /** One document a call that retention must leave; its id is made of the Call-ID. */
    HOLDS("rhapsode-holds", 1);

    private final String alias;
    private final int generation;

    KeptIndex(String alias, int generation) {
        this.alias = alias;
        this.generation = generation;
    }

    /** The name to read from, and that of the template. */
    public String alias() {
        return alias;
    }

    /** The index that is written to: alias and generation of the mapping, {@code rhapsode-searches-v1}. */
    public String index() {
        return alias + "-v" + generation;
    }

    /** Resource name of the index template. */
    public String template() {
        return "/elasticsearch/" + alias + ".json";
    }
}
