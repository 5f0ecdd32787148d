package io.quiverdb.coordinator.codec;

import io.quiverdb.coordinator.model.Outcome;

/**
 * What the log answers to the node that submitted an entry.
 *
 * @param outcome what the state machine said
 * @param replayed whether it is the first outcome of an earlier request
 * @param index log index of the entry
 * @param term its term
 */
public record Answer(Outcome outcome, boolean replayed, long index, long term) {}
