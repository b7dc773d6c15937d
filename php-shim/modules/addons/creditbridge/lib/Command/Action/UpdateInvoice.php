<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command\Action;

use WHMCS\Module\Addon\Creditbridge\Command\Command;
use WHMCS\Module\Addon\Creditbridge\Command\Outcome;
use WHMCS\Module\Addon\Creditbridge\Command\Witnesses;

if (!defined('WHMCS')) {
    // Called by itself, as where the web server serves this folder: its parent is not there.
    return;
}

/**
 * UpdateInvoice: reads the status back (design §7); setting it again is safe.
 */
final class UpdateInvoice extends Action
{
    protected function parameters(): array
    {
        return ['invoiceid', 'status'];
    }

    protected function isComplete(array $parameters): bool
    {
        return self::has($parameters, 'invoiceid', 'status') && $parameters['status'] === 'Cancelled';
    }

    public function afterSuccess(array $command, array $answer): Outcome
    {
        $outcome = $this->afterCut($command);
        $outcome->answer = $answer;

        return $outcome;
    }

    public function afterCut(array $command): Outcome
    {
        $status = Witnesses::invoice($command['invoice_id'])['status'] ?? 'gone';
        if ($status === $command['parameters']['status']) {
            return new Outcome(Command::DONE);
        }
        return $status === ($command['witnesses']['invoice']['status'] ?? 'Unpaid')
            ? new Outcome(Command::OPEN, 'The invoice is still ' . $status . '.')
            : new Outcome(Command::STALE, 'The invoice is ' . $status . ' now.');
    }
}
