// SPDX-License-Identifier: Apache-2.0
/**
 * The other members, over HTTP.
 *
 * <p>What lives here: asking a member what it is, and passing a caller's request on to the leader.
 * What never will: the decision whether to pass it on (package {@code api}), Raft.
 */
@NullMarked
package io.quiverdb.coordinator.member;

import org.jspecify.annotations.NullMarked;
