/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallLink;
import io.rhapsode.stream.state.Changes;
import io.rhapsode.stream.state.Leg;
import java.util.List;

/**
 * What comes of following calls, the others null: a call's record, what others are told of it to be joined, or by how
 * much records have changed the key figures.
 */
record Followed(Call call, Leg leg, CallLink link, Changes changed) {

    static Followed of(Call call) {
        return new Followed(call, null, null, null);
    }

    static Followed of(Leg leg) {
        return new Followed(null, leg, null, null);
    }

    static Followed of(CallLink link) {
        return new Followed(null, null, link, null);
    }

    static Followed of(Changes changed) {
        return new Followed(null, null, null, changed);
    }

    List<Call> calls() {
        return call == null ? List.of() : List.of(call);
    }

    List<Leg> legs() {
        return leg == null ? List.of() : List.of(leg);
    }

    List<CallLink> links() {
        return link == null ? List.of() : List.of(link);
    }

    List<Changes> changes() {
        return changed == null ? List.of() : List.of(changed);
    }
}
