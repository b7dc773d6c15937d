<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Log;

/**
 * Finds out what became of a command whose call was cut off (design §7, table of settling).
 */
final class Settler
{
    /**
     * The caller holds the command's lock, so nobody is carrying it out any more.
     *
     * @param array $command a row in state running
     * @param string $why what cut it off
     */
    public static function settle(array $command, string $why): void
    {
        $outcome = self::judge($command);
        if ($outcome->state !== Command::OPEN) {
            $outcome->reason = trim($outcome->reason . ($outcome->state === Command::DONE ? '' : ' ' . $why));
            Queue::settle($command, Command::RUNNING, $outcome);
            if ($outcome->state === Command::UNKNOWN) {
                Log::activity('it is not known whether command ' . $command['id'] . ' (' . $command['action']
                    . ') took effect. ' . $outcome->reason, $command['client_id']);
            }
        } elseif ($command['attempts'] >= Limits::COMMAND_ATTEMPTS) {
            Queue::settle($command, Command::RUNNING, new Outcome(
                Command::REFUSED,
                'Tried ' . $command['attempts'] . ' times without effect. ' . $why
            ));
        } else {
            Queue::reopen($command, $outcome->reason . ' ' . $why);
        }
    }

    private static function judge(array $command): Outcome
    {
        $witnesses = $command['witnesses'];
        switch ($command['action']) {
            case 'AddCredit':
                return Proof::addCredit($command, $witnesses);
            case 'ApplyCredit':
                return Proof::applyCredit($command, $witnesses);
            case 'UpdateInvoice':
                return Proof::updateInvoice($command, null);
            case 'SendEmail':
                return Proof::sendEmail($command, $witnesses);
            default:
                // LogActivity and SetConfigurationValue: repeating them does no harm.
                return new Outcome(Command::OPEN, 'It is safe to repeat.');
        }
    }
}
