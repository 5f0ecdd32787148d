// SPDX-License-Identifier: Apache-2.0
/**
 * The other members, over HTTP.
 *
 * <p>What lives here: asking a member for its report, and forwarding a caller's request to the
 * leader. What never will: the decision whether to forward it (package {@code api}), Raft.
 */
@NullMarked
package io.quiverdb.coordinator.member;

import org.jspecify.annotations.NullMarked;
