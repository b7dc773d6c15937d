<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command\Action;

use WHMCS\Module\Addon\Creditbridge\Command\Command;
use WHMCS\Module\Addon\Creditbridge\Command\CreditRow;
use WHMCS\Module\Addon\Creditbridge\Command\Outcome;
use WHMCS\Module\Addon\Creditbridge\Command\Signs;
use WHMCS\Module\Addon\Creditbridge\Command\Witnesses;
use WHMCS\Module\Addon\Creditbridge\Text;

if (!defined('WHMCS')) {
    // Called by itself, as where the web server serves this folder: its parent is not there.
    return;
}

/**
 * AddCredit outside the shared transaction: the log row and the balance must agree.
 */
final class AddCredit extends Action
{
    protected function parameters(): array
    {
        return ['clientid', 'description', 'amount', 'type'];
    }

    protected function isComplete(array $parameters): bool
    {
        return self::has($parameters, 'clientid', 'description', 'amount', 'type')
            && in_array($parameters['type'], ['add', 'remove'], true);
    }

    /** The description gets a marker, by which its row of the credit log is known, and keeps none of another command. */
    public function call(array $command, string $admin): array
    {
        $text = Text::withoutMarkup((string) $command['parameters']['description'], 500);
        $command['parameters']['description'] = str_ireplace('[cb:', '(cb:', $text) . Command::marker($command['id']);

        return parent::call($command, $admin);
    }

    /**
     * The id of the log row: after the witnesses, of this client, with the marker in its description and the command's
     * amount. Null if there is none.
     *
     * @return int|null
     */
    public static function logRow(array $command)
    {
        $amount = CreditRow::amountOf($command);
        $since = (int) $command['witnesses']['creditId'];
        foreach (Witnesses::movementsSince($since, $command['client_id']) as $movement) {
            $isMarked = strpos($movement['description'], trim(Command::marker($command['id']))) !== false;
            if ($isMarked && $movement['amount'] === $amount) {
                return $movement['id'];
            }
        }
        return null;
    }

    /** Does not check the balance: an admin may be changing it at the same moment. */
    public function afterSuccess(array $command, array $answer): Outcome
    {
        $creditLogId = self::logRow($command);

        return $creditLogId === null
            ? new Outcome(Command::UNKNOWN, 'WHMCS reports success, but no log row has our marker.', $answer)
            : new Outcome(Command::DONE, '', $answer, $creditLogId);
    }

    public function afterRefusal(array $command, array $answer): Outcome
    {
        return $this->comparedRefusal($command, $answer);
    }

    public function afterCut(array $command): Outcome
    {
        $creditLogId = self::logRow($command);
        $isConsistent = self::balanceFollowsLog($command);
        if ($creditLogId !== null && $isConsistent) {
            return new Outcome(Command::DONE, 'Found by its traces after the call was interrupted.', null, $creditLogId);
        }
        if ($creditLogId === null && $isConsistent) {
            return new Outcome(Command::OPEN, 'It had no effect: neither credit log nor balance changed.');
        }
        return new Outcome(Command::UNKNOWN, $creditLogId === null
            ? 'The balance changed, but no row of the credit log has the marker of this command.'
            : 'The credit log has the row, but the balance did not change with it.', null, $creditLogId);
    }

    /** A row without the marker is one that an admin wrote by hand, and names. */
    public function signs(array $command, int $row): array
    {
        return Signs::ofMovement($command, $row === 0 ? CreditRow::find($command) : $row);
    }
}
