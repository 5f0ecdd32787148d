// SPDX-License-Identifier: Apache-2.0
/**
 * How threads are made, and how periodic tasks outlive a failure.
 *
 * <p>What a thread does never lives here.
 */
@NullMarked
package io.quiverdb.coordinator.thread;

import org.jspecify.annotations.NullMarked;
