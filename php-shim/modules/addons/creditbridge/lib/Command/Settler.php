<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Command\Action\Action;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Log;

/**
 * Settles a command whose call was interrupted (design §7, table of settling).
 */
final class Settler
{
    /**
     * The caller holds the command's lock, so no other process is carrying it out.
     *
     * @param array $command a row in state running
     * @param string $why what interrupted it
     * @return string the state that its traces show: OPEN if it had no effect
     */
    public static function settle(array $command, string $why): string
    {
        $outcome = Action::of($command['action'])->afterCut($command);
        if ($outcome->state !== Command::OPEN) {
            $outcome->reason = trim($outcome->reason . ($outcome->state === Command::DONE ? '' : ' ' . $why));
            if (Queue::settle($command, [Command::RUNNING], $outcome)) {
                self::tell($command, $outcome);
            }
        } elseif ($command['attempts'] >= Limits::COMMAND_ATTEMPTS) {
            Queue::settle($command, [Command::RUNNING], new Outcome(
                Command::REFUSED,
                'Tried ' . $command['attempts'] . ' times without effect. ' . $outcome->reason . ' ' . $why,
                $outcome->answer
            ));
        } else {
            $outcome->reason .= ' ' . $why;
            Queue::reopen($command, $outcome);
        }
        return $outcome->state;
    }

    /** A command in doubt needs an admin, so it gets a line in the activity log. */
    public static function tell(array $command, Outcome $outcome): void
    {
        if ($outcome->state === Command::UNKNOWN) {
            Log::activity('it is not known whether command ' . $command['id'] . ' (' . $command['action']
                . ') took effect. ' . $outcome->reason, $command['client_id']);
        }
    }
}
