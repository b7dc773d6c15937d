<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

/**
 * The outcome of a command. `open` means that nothing happened and it may be tried again.
 */
final class Outcome
{
    /** @var string one of Command's states */
    public $state;
    /** @var string in words, for the admin */
    public $reason;
    /** @var array|null WHMCS's answer */
    public $answer;
    /** @var int|null the tblcredit row that proves it */
    public $creditLogId;

    public function __construct(string $state, string $reason = '', $answer = null, $creditLogId = null)
    {
        $this->state = $state;
        $this->reason = $reason;
        $this->answer = $answer;
        $this->creditLogId = $creditLogId;
    }
}
