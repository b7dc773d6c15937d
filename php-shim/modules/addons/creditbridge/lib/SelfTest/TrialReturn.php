<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\SelfTest;

use Throwable;
use WHMCS\Module\Addon\Creditbridge\Command\InvoiceMoney;
use WHMCS\Module\Addon\Creditbridge\Command\Witnesses;
use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Log;

if (!defined('WHMCS')) {
    // Called by itself, as where the web server serves this folder: its parent is not there.
    return;
}

/**
 * Tries the two ways in which credit may come back from an invoice. Does ApplyCredit with a negative amount take it off an
 * unpaid invoice? That is undocumented (whmcs.md §2.4). And does WHMCS give credit back by itself when an invoice is
 * cancelled? It is expected of 9.x and reported not to be so on 8.x (§2.7, §8.4). Neither sends a mail.
 */
final class TrialReturn extends Trial
{
    /** What cancelling did with the credit: it stayed away, WHMCS gave it back, or this was not seen clearly. */
    const KEEPS = 'keeps';
    const RETURNS = 'returns';
    const UNCLEAR = 'unclear';

    /** @var int */
    private $invoiceId = 0;
    /** @var string[] what was seen, in sentences */
    private $said = [];

    protected function kind(): string
    {
        return Verdicts::RETURNS;
    }

    protected function carryOut(TrialRecord $trial): string
    {
        $takesOff = false;
        $cancelling = self::UNCLEAR;
        try {
            $this->makeInvoice($trial);
            $takesOff = $this->takesOff($trial);
            $cancelling = $this->cancelling($trial);
        } catch (Throwable $fault) {
            $this->said[] = 'The trial stopped: ' . $fault->getMessage();
        }
        $left = implode(' ', (new TrialRemains($trial, $this->admin))->cleanUp());
        $reason = implode(' ', $this->said);
        $stays = $this->stays();
        Verdicts::store($this->settings, Verdicts::RETURNS, [
            'takesOff' => $takesOff,
            'cancelling' => $cancelling,
            'invoice' => $this->invoiceId,
            'reason' => $reason,
            'left' => $left,
            'stays' => $stays,
        ]);
        Log::activity('the trial of returning credit is over. ' . $reason);

        return trim('The trial is over. ' . $reason . ' ' . $stays . ' ' . $left);
    }

    private function makeInvoice(TrialRecord $trial): void
    {
        $this->api('AddCredit', [
            'clientid' => $trial->clientId, 'description' => $trial->text(), 'amount' => self::CREDIT, 'type' => 'add',
        ]);
        $answer = $this->api('CreateInvoice', [
            'userid' => $trial->clientId, 'status' => 'Unpaid', 'autoapplycredit' => '0', 'notes' => $trial->text(),
            'itemdescription1' => $trial->text(), 'itemamount1' => self::TOTAL, 'itemtaxed1' => '0',
            'date' => date('Y-m-d'), 'duedate' => date('Y-m-d'),
        ]);
        $this->invoiceId = (int) $answer['invoiceid'];
        $this->putOn();
    }

    private function putOn(): void
    {
        $this->api('ApplyCredit', ['invoiceid' => $this->invoiceId, 'amount' => self::CREDIT, 'noemail' => true]);
    }

    /** WHMCS's answer, the credit log, the balance and the invoice must all say that the credit is off it. */
    private function takesOff(TrialRecord $trial): bool
    {
        $before = $this->look($trial);
        $answer = LocalApi::call('ApplyCredit', [
            'invoiceid' => $this->invoiceId, 'amount' => '-' . self::CREDIT, 'noemail' => true,
        ], $this->admin);
        $now = $this->look($trial);
        $isOff = LocalApi::succeeded($answer) && self::came($before, $now) === 'once'
            && $now['status'] === 'Unpaid' && $now['open'] === Hundredths::parse(self::TOTAL);
        $this->said[] = $isOff ? 'Credit can be taken off an unpaid invoice.'
            : 'Credit cannot be taken off an unpaid invoice: WHMCS answered "'
                . ($answer['message'] ?? ($answer['result'] ?? 'nothing')) . '", and the invoice was ' . $now['status']
                . ' with ' . Hundredths::format($now['open']) . ' open.';

        return $isOff;
    }

    private function cancelling(TrialRecord $trial): string
    {
        if ($this->look($trial)['open'] === Hundredths::parse(self::TOTAL)) {
            $this->putOn();
        }
        $before = $this->look($trial);
        $half = Hundredths::parse(self::TOTAL) - Hundredths::parse(self::CREDIT);
        if ($before['status'] !== 'Unpaid' || $before['open'] !== $half) {
            $this->said[] = 'Cancelling was not tried: the invoice was ' . $before['status'] . ' with '
                . Hundredths::format($before['open']) . ' open.';
            return self::UNCLEAR;
        }
        $this->api('UpdateInvoice', ['invoiceid' => $this->invoiceId, 'status' => 'Cancelled']);
        $now = $this->look($trial);
        $came = self::came($before, $now);
        if ($now['status'] !== 'Cancelled' || $came === 'otherwise') {
            $this->said[] = 'What cancelling does with credit was not seen clearly: the invoice was ' . $now['status']
                . ', and balance and log moved by ' . Hundredths::format($now['balance'] - $before['balance']) . ' and '
                . Hundredths::format($now['logged'] - $before['logged']) . '.';
            return self::UNCLEAR;
        }
        $this->said[] = $came === 'once' ? 'When an invoice is cancelled, WHMCS gives its credit back by itself.'
            : 'When an invoice is cancelled, WHMCS keeps its credit.';

        return $came === 'once' ? self::RETURNS : self::KEEPS;
    }

    /** What stays in the books for good, as it is there. */
    private function stays(): string
    {
        if ($this->invoiceId === 0) {
            return '';
        }
        $notes = InvoiceMoney::notesOf($this->invoiceId);

        return 'In the books stay: the cancelled invoice #' . $this->invoiceId
            . ($notes === [] ? '' : ' with the note' . (count($notes) === 1 ? '' : 's') . ' #' . implode(', #', $notes))
            . ', and rows of the credit log that add up to nothing.';
    }

    /** @return array{status: string, open: int, balance: int, logged: int} hundredths */
    private function look(TrialRecord $trial): array
    {
        $invoice = Witnesses::invoice($this->invoiceId);

        return [
            'status' => $invoice['status'] ?? 'gone',
            'open' => Hundredths::parse($invoice['balance'] ?? '0.00'),
            'balance' => Hundredths::parse((string) Witnesses::balance($trial->clientId)),
            'logged' => array_sum(array_column(Witnesses::movementsSince($trial->creditId, $trial->clientId), 'amount')),
        ];
    }

    /** Whether the credit came back once, not at all, or otherwise, by balance and log. */
    private static function came(array $before, array $now): string
    {
        $moved = [$now['balance'] - $before['balance'], $now['logged'] - $before['logged']];
        $credit = Hundredths::parse(self::CREDIT);
        if ($moved === [$credit, $credit]) {
            return 'once';
        }
        return $moved === [0, 0] ? 'not' : 'otherwise';
    }
}
