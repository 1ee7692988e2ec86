/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Collects defects while a message is read: of each kind the one found first. */
final class Findings {
    private static final Defect[] DEFECTS = Defect.values();
    private static final int[] NONE = {};

    private final int begin;
    private int[] places = NONE;
    private int fixed = -1;
    private long found;

    /** @param begin index in the array of the message's first octet */
    Findings(int begin) {
        this.begin = begin;
    }

    void note(Defect defect, int at) {
        if ((found & 1L << defect.ordinal()) == 0) {
            if (places == NONE) {
                places = new int[DEFECTS.length];
            }
            found |= 1L << defect.ordinal();
            places[defect.ordinal()] = (fixed >= 0 ? fixed : at) - begin;
        }
    }

    void noteMissing(Defect defect) {
        note(defect, begin);
    }

    /** Places that are noted from now on are meant to be this one: what is read is a copy. */
    void fix(int at) {
        fixed = at;
    }

    /** Places are again what they say. */
    void release() {
        fixed = -1;
    }

    /** In the order of {@link Defect}. */
    List<Finding> list() {
        if (found == 0) {
            return List.of();
        }
        var list = new ArrayList<Finding>(Long.bitCount(found));
        for (Defect defect : DEFECTS) {
            if ((found & 1L << defect.ordinal()) != 0) {
                list.add(new Finding(defect, places[defect.ordinal()]));
            }
        }
        return Collections.unmodifiableList(list);
    }
}
