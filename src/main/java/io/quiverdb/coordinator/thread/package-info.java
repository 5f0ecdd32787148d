// SPDX-License-Identifier: Apache-2.0
/**
 * Factories of threads, and periodic tasks that survive a failure.
 *
 * <p>What a thread does never belongs here.
 */
@NullMarked
package io.quiverdb.coordinator.thread;

import org.jspecify.annotations.NullMarked;
