// SPDX-License-Identifier: Apache-2.0
/**
 * Calls over HTTP that are bounded in every way.
 *
 * <p>What lives here: a client for many calls at once, over {@code java.net.http}; one for requests
 * that must not arrive after they were given up, over sockets of its own; both bound connecting,
 * the whole exchange, the answer's size and the number under way. What never will: the meaning of a
 * call (packages {@code shard}, {@code router} and {@code member} know that), or a retry.
 */
@NullMarked
package io.quiverdb.coordinator.http;

import org.jspecify.annotations.NullMarked;
