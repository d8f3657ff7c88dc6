/** What somebody wants of a job while it is on its way: the topic {@code job-commands}, written and followed. */
@NullMarked
package org.dallemini.stage.commands;

import org.jspecify.annotations.NullMarked;
