// SPDX-License-Identifier: Apache-2.0
/**
 * Advice for growth: which shards have too many points by the policy, what speaks against adding a
 * standby now, and the addition itself, where the policy and the configuration of the leader want
 * it.
 *
 * <p>What never lives here: how a migration works. Taking shards out is never advised.
 */
@NullMarked
package io.quiverdb.coordinator.api.growth;

import org.jspecify.annotations.NullMarked;
